// How often and how long each node ran: always on, two clock readings and a few stores a visit.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/run/runner.h"

namespace ganflow {

using Clock = std::chrono::steady_clock;

inline double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

// Each thread writes its own counters; anybody may read at any time.
class Statistics {
 public:
  Statistics(std::size_t nodes, std::size_t threads);
  void add(std::size_t thread, std::size_t node, std::uint64_t nanoseconds);

  std::uint64_t visits() const;  // of all nodes: grows while anything moves
  double busy_seconds(std::size_t node) const;
  // Quantiles are those of a histogram of eight bins an octave: right within 5 %.
  NodeStatistics node(std::size_t node, const std::string& name) const;

 private:
  static constexpr std::size_t kBins = 64 * 8;
  struct Counter {
    std::atomic<std::uint64_t> count{0}, busy{0};
    std::array<std::atomic<std::uint32_t>, kBins> bins{};
  };
  static std::size_t bin(std::uint64_t nanoseconds);
  static double middle(std::size_t bin);  // nanoseconds

  std::size_t nodes_, threads_;
  std::unique_ptr<Counter[]> counters_;  // (threads, nodes)
};

}  // namespace ganflow
