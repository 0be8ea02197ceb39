// A queue of a GPU: a stream, and an event behind each mark that is not known to have passed.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "engine/cuda/driver/context.h"
#include "engine/device/device.h"

namespace ganflow::cuda {

// Once the device has failed its calls do nothing and its marks have passed.
class StreamQueue final : public Queue {
 public:
  // Throws Error(usage).
  StreamQueue(std::shared_ptr<const Context> context, Urgency urgency);
  ~StreamQueue() override;  // after all that was enqueued

  void copy(std::byte* to, const std::byte* from, std::size_t bytes) noexcept override;
  void after(const Mark& mark) noexcept override;
  Mark mark() noexcept override;
  void launch(CUgraphExec graph) noexcept;

 private:
  struct Point {
    std::uint64_t ticket;
    CUevent event;
  };
  bool passed(std::uint64_t ticket) const noexcept override;
  void wait(std::uint64_t ticket) const override;
  // Takes the events that have passed from those ahead. With mutex_ held.
  void settle() const noexcept;
  CUevent event_of(std::uint64_t ticket) const noexcept;  // null: it has passed

  std::shared_ptr<const Context> context_;
  CUstream stream_ = nullptr;
  mutable std::mutex mutex_;
  std::uint64_t issued_ = 0;
  // An event that has passed is recorded anew: who is about to wait for it waits a little longer.
  mutable std::vector<Point> ahead_;  // by ticket
  mutable std::vector<CUevent> free_;
};

}  // namespace ganflow::cuda
