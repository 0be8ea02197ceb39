#include "engine/run/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ganflow {
namespace {

// Only the owning thread writes, so no locked instruction is needed.
template <class T>
void bump(std::atomic<T>& counter, T by) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

}  // namespace

Statistics::Statistics(std::size_t nodes, std::size_t threads)
    : nodes_(nodes), threads_(threads), counters_(new Counter[nodes * threads]) {}

// Eight bins an octave: the three bits below the leading one.
std::size_t Statistics::bin(std::uint64_t nanoseconds) {
  if (nanoseconds < 8) return nanoseconds;
  const int exponent = std::bit_width(nanoseconds) - 1;
  return static_cast<std::size_t>(exponent - 2) * 8 + ((nanoseconds >> (exponent - 3)) & 7);
}

double Statistics::middle(std::size_t bin) {
  if (bin < 8) return static_cast<double>(bin);
  return std::ldexp(8.5 + static_cast<double>(bin % 8), static_cast<int>(bin / 8) - 1);
}

void Statistics::add(std::size_t thread, std::size_t node, std::uint64_t nanoseconds) {
  Counter& counter = counters_[thread * nodes_ + node];
  bump<std::uint64_t>(counter.count, 1);
  bump(counter.busy, nanoseconds);
  bump<std::uint32_t>(counter.bins[bin(nanoseconds)], 1);
}

std::uint64_t Statistics::visits() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < nodes_ * threads_; ++i) {
    sum += counters_[i].count.load(std::memory_order_relaxed);
  }
  return sum;
}

double Statistics::busy_seconds(std::size_t node) const {
  std::uint64_t sum = 0;
  for (std::size_t t = 0; t < threads_; ++t) {
    sum += counters_[t * nodes_ + node].busy.load(std::memory_order_relaxed);
  }
  return static_cast<double>(sum) * 1e-9;
}

NodeStatistics Statistics::node(std::size_t node, const std::string& name) const {
  std::vector<std::uint64_t> bins(kBins);
  std::uint64_t count = 0;
  for (std::size_t t = 0; t < threads_; ++t) {
    const Counter& counter = counters_[t * nodes_ + node];
    for (std::size_t b = 0; b < kBins; ++b) {
      bins[b] += counter.bins[b].load(std::memory_order_relaxed);
      count += counter.bins[b].load(std::memory_order_relaxed);
    }
  }
  const auto quantile = [&](double q) {
    const auto rank = static_cast<std::uint64_t>(q * static_cast<double>(count));
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < kBins; ++b) {
      below += bins[b];
      if (below > rank) return middle(b) * 1e-3;
    }
    return 0.0;
  };
  return {name, count, busy_seconds(node), quantile(0.5), quantile(0.99)};
}

}  // namespace ganflow
