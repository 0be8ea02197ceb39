// Threads that share the work of one after another: who has a job leads it, whoever is idle helps.
//
// A job is a list of steps, done in order; a step consists of units, which may be done apart from
// one another and in any order. What the units are is the job's, and must not depend on who does
// them: then neither do the results. Each thread is given neighbours, the same share of every step,
// so that what it wrote is what it reads next; a share that its thread does not get to, others
// take.
//
// Where helpers keep their leader waiting, since the machine has other things to do, it goes on
// alone for a while.
//
// Jobs come before helping: a thread leads its own whenever it has one, and only threads that have
// none are asked to help.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/tensor/memory.h"
#include "engine/tensor/shape.h"

namespace ganflow {

class Team {
 public:
  class Job {
   public:
    virtual ~Job() = default;
    virtual std::size_t steps() const = 0;
    virtual Extent units(std::size_t step) const = 0;  // at least 1
    virtual bool shared(std::size_t step) const = 0;   // false: the leader does it
    // What run() uses of a helper's memory. Of a job that uses more than was reserved the leader
    // does all.
    virtual std::size_t helper_bytes() const = 0;
    // Does units begin .. end - 1. `memory`: a helper's own, as much as was reserved; the leader's
    // is null. From several threads at a time, with different units.
    virtual void run(std::size_t step, Extent begin, Extent end,
                     std::byte* memory) const noexcept = 0;
  };

  // `threads` (>= 1) in all. `invite` has one more of them call help() of the team some time, and
  // does not wait for it; called by those who lead.
  Team(int threads, std::function<void(Team&)> invite);
  ~Team();
  Team(const Team&) = delete;

  // Before anything is led: what each helper has at least.
  void reserve(std::size_t bytes);

  // Threads that are kept for jobs of their own, however long the pauses between these: so many
  // more, or fewer. Those are not asked to help.
  void keep(int threads) noexcept { kept_ += threads; }

  // Does the job, with whoever comes to help; from several threads at a time, each its own. Takes
  // no memory but what `invite` does.
  void lead(const Job& job) noexcept;
  // Helps while there is something to help with, or a next job follows within microseconds; after
  // some of these it returns all the same, for the thread may have other things to do. Denormals
  // are flushed meanwhile.
  void help() noexcept;

 private:
  static constexpr int kMostJobs = 100;  // that a thread helps with before it returns
  static constexpr int kSeats = 32;      // of a job, the leader's among them; each has two parts
  struct Table;                          // where a job is led

  static void lead_alone(const Job& job) noexcept;
  void lead_at(Table& table, const Job& job) noexcept;
  static void judge(Table& table) noexcept;
  Table* take_table() noexcept;
  void invite_idle() noexcept;
  int help_at_tables(std::byte* memory, int most) noexcept;
  static bool another(const Table& table) noexcept;
  static bool work(Table& table, int seat, std::byte* memory) noexcept;
  static void open(Table& table, std::size_t step, Extent units, std::uint32_t seats) noexcept;

  const int threads_;
  const std::function<void(Team&)> invite_;
  std::size_t bytes_ = 0;
  std::vector<Memory> memory_;                   // by helper
  std::vector<std::unique_ptr<Table>> tables_;   // as many as threads
  std::unique_ptr<std::atomic<bool>[]> helper_;  // whether that memory is in use
  std::atomic<int> kept_{0}, leading_{0}, helping_{0}, invited_{0};
};

}  // namespace ganflow
