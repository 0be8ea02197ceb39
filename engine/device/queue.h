// Work for a device, in order: copies, fills and prepared executables. Nothing of it has to be done
// when a call returns; a Mark says when it is.
//
// A device that computes in the caller's thread is immediate: its calls return when the work is
// done, its marks have always passed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ganflow {

class Queue;
class Team;

// A point in a queue: passed when all that was enqueued before it is done. Cheap to copy; the queue
// must outlive it. A mark of nothing has passed.
class Mark {
 public:
  Mark() = default;
  Mark(const Queue& queue, std::uint64_t ticket) : queue_(&queue), ticket_(ticket) {}
  bool passed() const noexcept;
  void wait() const;  // blocks the caller: for threads that have nothing else to do

  // For queues: where it is. Null: a mark of nothing.
  const Queue* queue() const { return queue_; }
  std::uint64_t ticket() const { return ticket_; }

 private:
  const Queue* queue_ = nullptr;
  std::uint64_t ticket_ = 0;
};

// Calls may come from several threads, their order is then the queue's. None of them waits for the
// device or throws.
class Queue {
 public:
  virtual ~Queue() = default;
  // Between any two memories of the device and its host; the ranges do not overlap.
  virtual void copy(std::byte* to, const std::byte* from, std::size_t bytes) noexcept = 0;
  // What follows waits for a mark, of another queue of the same device.
  virtual void after(const Mark& mark) noexcept = 0;
  virtual Mark mark() noexcept = 0;

  // Threads that may share what the caller's thread computes, on devices that compute there; null:
  // none. The team must outlive what is enqueued.
  void help_by(Team* team) { team_ = team; }
  Team* team() const { return team_; }

 private:
  friend class Mark;
  virtual bool passed(std::uint64_t ticket) const noexcept = 0;
  virtual void wait(std::uint64_t ticket) const = 0;

  Team* team_ = nullptr;
};

inline bool Mark::passed() const noexcept { return queue_ == nullptr || queue_->passed(ticket_); }
inline void Mark::wait() const {
  if (queue_ != nullptr) queue_->wait(ticket_);
}

}  // namespace ganflow
