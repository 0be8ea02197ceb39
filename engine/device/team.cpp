#include "engine/device/team.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <thread>

#include "engine/device/denormals.h"

#if defined(__SSE__)
#include <immintrin.h>
#endif

namespace ganflow {
namespace {

using Clock = std::chrono::steady_clock;

// Waiting for another thread, which is expected within microseconds; if it is not, for instance
// since the system runs something else in its place, the core is left to others.
class Patience {
 public:
  void wait() {
    if (++times_ % kPauses == 0) return std::this_thread::yield();
#if defined(__SSE__)
    _mm_pause();
#endif
  }

 private:
  static constexpr int kPauses = 1024;
  int times_ = 0;
};

}  // namespace

// Part 2 s is the larger one of seat s, part 2 s + 1 the smaller. Parts are taken by setting their
// bit; those of a step are described before it is opened, and stay as they are until all are done.
struct Team::Table {
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  struct Part {
    Extent begin = 0, end = 0;
  };
  alignas(128) std::atomic<std::uint64_t> taken{kNone};
  alignas(128) std::atomic<int> done{0};
  alignas(128) std::atomic<std::uint32_t> seats{1};  // that are occupied; the leader's always
  std::atomic<bool> led{false};                      // a job is under way
  std::atomic<bool> used{false};                     // somebody leads here
  // The leader's: whether the last job was shared; time since the last judgement.
  bool shared = false;
  Clock::duration worked{}, waited{}, alone = std::chrono::milliseconds(20);
  Clock::time_point alone_until{};
  // Of the open step.
  const Job* job = nullptr;
  std::size_t step = 0;
  int parts = 0;
  std::array<Part, 2 * kSeats> part;
};

Team::Team(int threads, std::function<void(Team&)> invite)
    : threads_(threads),
      invite_(std::move(invite)),
      memory_(static_cast<std::size_t>(threads)),
      helper_(new std::atomic<bool>[static_cast<std::size_t>(threads)]) {
  for (int i = 0; i < threads; ++i) {
    tables_.push_back(std::make_unique<Table>());
    helper_[static_cast<std::size_t>(i)] = false;
  }
}

Team::~Team() = default;

void Team::reserve(std::size_t bytes) {
  if (bytes <= bytes_) return;
  bytes_ = bytes;
  for (int i = 1; i < threads_; ++i) memory_[static_cast<std::size_t>(i)] = Memory(bytes);
}

// Null: as many lead as there are tables.
Team::Table* Team::take_table() noexcept {
  for (const auto& table : tables_)
    if (!table->used.load(std::memory_order_relaxed) &&
        !table->used.exchange(true, std::memory_order_acquire))
      return table.get();
  return nullptr;
}

void Team::invite_idle() noexcept {
  const auto idle = [&] { return threads_ - std::max<int>(kept_, leading_) - helping_ - invited_; };
  for (int n = std::min(idle(), kSeats - 1); n > 0; --n) {
    ++invited_;
    try {
      invite_(*this);
    } catch (...) {  // of memory: the work is done all the same
      --invited_;
      return;
    }
  }
}

void Team::lead_alone(const Job& job) noexcept {
  for (std::size_t step = 0; step < job.steps(); ++step) job.run(step, 0, job.units(step), nullptr);
}

void Team::lead(const Job& job) noexcept {
  Table* table = threads_ > 1 && job.helper_bytes() <= bytes_ ? take_table() : nullptr;
  if (table == nullptr) return lead_alone(job);
  ++leading_;
  table->shared = false;
  const auto begin = Clock::now();
  if (begin < table->alone_until)
    lead_alone(job);
  else
    lead_at(*table, job);
  if (table->shared) {
    table->worked += Clock::now() - begin;
    judge(*table);
  }
  --leading_;
  table->used.store(false, std::memory_order_release);
}

// Who waits for a quarter of the time is better alone: for 20 ms, for twice as long each time that
// it is found again.
void Team::judge(Table& table) noexcept {
  using namespace std::chrono_literals;
  constexpr Clock::duration kJudged = 5ms, kFirst = 20ms, kLongest = 320ms;
  if (table.worked < kJudged) return;
  if (4 * table.waited > table.worked) {
    table.alone_until = Clock::now() + table.alone;
    table.alone = std::min(2 * table.alone, kLongest);
  } else {
    table.alone = kFirst;
  }
  table.worked = table.waited = {};
}

void Team::lead_at(Table& table, const Job& job) noexcept {
  table.job = &job;
  const std::size_t steps = job.steps();
  table.led.store(true, std::memory_order_release);
  invite_idle();
  for (std::size_t step = 0; step < steps; ++step) {
    const Extent units = job.units(step);
    const std::uint32_t seats = table.seats.load(std::memory_order_acquire);
    if (!job.shared(step) || seats == 1) {
      job.run(step, 0, units, nullptr);
      continue;
    }
    table.shared = true;
    open(table, step, units, seats);
    while (work(table, 0, nullptr)) {
    }
    if (table.done.load(std::memory_order_acquire) == table.parts) continue;
    const auto begin = Clock::now();
    for (Patience patience; table.done.load(std::memory_order_acquire) < table.parts;)
      patience.wait();
    table.waited += Clock::now() - begin;
  }
  table.led.store(false, std::memory_order_release);
}

// Equal shares in the order of the seats, a quarter of each for whoever is done first.
void Team::open(Table& table, std::size_t step, Extent units, std::uint32_t seats) noexcept {
  table.step = step;
  table.parts = 0;
  std::uint64_t taken = Table::kNone;
  const int count = std::popcount(seats);
  int nth = 0;
  for (std::uint32_t left = seats; left != 0; left &= left - 1, ++nth) {
    const int seat = std::countr_zero(left);
    const Extent begin = units * nth / count, end = units * (nth + 1) / count;
    const Extent cut = end - (end - begin) / 4;
    const Table::Part parts[] = {{begin, cut}, {cut, end}};
    for (int i = 0; i < 2; ++i) {
      if (parts[i].begin == parts[i].end) continue;
      table.part[static_cast<std::size_t>(2 * seat + i)] = parts[i];
      taken &= ~(std::uint64_t{1} << (2 * seat + i));
      ++table.parts;
    }
  }
  table.done.store(0, std::memory_order_relaxed);
  table.taken.store(taken, std::memory_order_release);
}

// Does a part that nobody has taken; false: there is none.
bool Team::work(Table& table, int seat, std::byte* memory) noexcept {
  constexpr std::uint64_t kSmaller = 0xAAAAAAAAAAAAAAAAu;
  const std::uint64_t own = std::uint64_t{3} << (2 * seat);
  for (;;) {
    const std::uint64_t free = ~table.taken.load(std::memory_order_acquire);
    if (free == 0) return false;
    std::uint64_t among = free & own;
    if (among == 0) among = free & kSmaller;
    if (among == 0) among = free;
    const std::uint64_t bit = among & (~among + 1);
    // Meanwhile a later step may have been opened: then this takes a part of that one.
    if (table.taken.fetch_or(bit, std::memory_order_acq_rel) & bit) continue;
    const Table::Part part = table.part[static_cast<std::size_t>(std::countr_zero(bit))];
    table.job->run(table.step, part.begin, part.end, memory);
    table.done.fetch_add(1, std::memory_order_release);
    return true;
  }
}

void Team::help() noexcept {
  const FlushDenormals flush;
  ++helping_;
  --invited_;
  std::size_t self = 1;
  while (self < memory_.size() && helper_[self].exchange(true, std::memory_order_acquire)) ++self;
  if (self < memory_.size()) {
    for (int jobs = 0; jobs < kMostJobs;) {
      const int helped = help_at_tables(memory_[self].data(), kMostJobs - jobs);
      if (helped == 0) break;
      jobs += helped;
    }
    helper_[self].store(false, std::memory_order_release);
  }
  --helping_;
}

// Sits down at each table where a job is under way; how many jobs that were.
int Team::help_at_tables(std::byte* memory, int most) noexcept {
  int jobs = 0;
  for (const auto& table : tables_) {
    if (jobs >= most || !table->led.load(std::memory_order_acquire)) continue;
    std::uint32_t seats = table->seats.load(std::memory_order_relaxed);
    while (~seats != 0 && !table->seats.compare_exchange_weak(seats, seats | (seats + 1),
                                                              std::memory_order_acq_rel)) {
    }
    if (~seats == 0) continue;  // all are occupied
    const int seat = std::countr_one(seats);
    do {
      Patience patience;
      do {
        if (work(*table, seat, memory)) patience = {};
        patience.wait();
      } while (table->led.load(std::memory_order_acquire));
    } while (++jobs < most && another(*table));
    table->seats.fetch_and(~(std::uint32_t{1} << seat), std::memory_order_release);
  }
  return jobs;
}

// Whether a next job is begun at the table before long.
bool Team::another(const Table& table) noexcept {
  constexpr std::chrono::microseconds kPause{20};
  const auto end = Clock::now() + kPause;
  for (Patience patience; !table.led.load(std::memory_order_acquire); patience.wait())
    if (Clock::now() > end) return false;
  return true;
}

}  // namespace ganflow
