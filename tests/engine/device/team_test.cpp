#include "engine/device/team.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>
#include <vector>

#include "support/crowd.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Steps of `units` each, whose unit reads its neighbours of the step before.
struct Waves final : Team::Job {
  Waves(std::size_t count, Extent units) : rows(count + 1) {
    for (auto& row : rows) row.assign(static_cast<std::size_t>(units), 0);
    for (std::size_t i = 0; i < rows[0].size(); ++i) rows[0][i] = i * i + 1;
  }
  std::size_t steps() const override { return rows.size() - 1; }
  Extent units(std::size_t) const override { return static_cast<Extent>(rows[0].size()); }
  bool shared(std::size_t step) const override { return step % 5 != 3; }
  std::size_t helper_bytes() const override { return 64; }
  void run(std::size_t step, Extent begin, Extent end, std::byte* memory) const noexcept override {
    if (memory) memory[0] = memory[63] = std::byte{1};
    const auto& before = rows[step];
    for (Extent i = begin; i < end; ++i) {
      const auto n = before.size(), at = static_cast<std::size_t>(i);
      rows[step + 1][at] += before[at] * 3 + before[(at + 1) % n] + before[(at + n / 2) % n];
      ++done;
    }
  }
  mutable std::vector<std::vector<std::uint64_t>> rows;
  mutable std::atomic<std::size_t> done{0};
};

std::uint64_t alone(std::size_t count, Extent units) {
  Waves waves(count, units);
  for (std::size_t s = 0; s < waves.steps(); ++s) waves.run(s, 0, units, nullptr);
  return waves.rows.back()[0];
}

}  // namespace

TEST_SUITE_BEGIN("team");

TEST_CASE("every unit is done once, behind all of the step before, by any number of threads") {
  for (const Extent units : {1, 2, 3, 7, 200}) {
    const std::uint64_t wanted = alone(100, units);
    for (const int threads : {1, 2, 3, 8}) {
      CAPTURE(units);
      CAPTURE(threads);
      Waves waves(100, units);
      Crowd crowd(threads, 64);
      crowd.team.lead(waves);
      CHECK(waves.rows.back()[0] == wanted);
      CHECK(waves.done == 100 * static_cast<std::size_t>(units));
    }
  }
}

TEST_CASE("several lead side by side, and their helpers go from one to the next") {
  const std::uint64_t wanted = alone(50, 40);
  Crowd crowd(4, 64);
  std::vector<std::jthread> leaders;
  std::atomic<int> right{0};
  for (int leader = 0; leader < 3; ++leader)
    leaders.emplace_back([&] {
      for (int job = 0; job < 20; ++job) {
        Waves waves(50, 40);
        crowd.team.lead(waves);
        right += waves.rows.back()[0] == wanted;
      }
    });
  leaders.clear();
  CHECK(right == 60);
}

TEST_CASE("a job is done though nobody comes, and who comes late finds nothing") {
  int invited = 0;
  Team team(3, [&](Team&) { ++invited; });
  team.reserve(64);
  for (int i = 0; i < 2; ++i) {
    Waves waves(20, 9);
    team.lead(waves);
    CHECK(waves.rows.back()[0] == alone(20, 9));
  }
  CHECK(invited == 2);  // those are still awaited
  team.help();
  Waves waves(1, 1);
  team.lead(waves);
  CHECK(invited == 3);
}

// Was: a device that wraps another's programs did not say what helpers need, and they wrote past
// what they had.
TEST_CASE("a job that needs more than helpers have is the leader's alone") {
  int invited = 0;
  Team team(2, [&](Team&) { ++invited; });
  team.reserve(63);
  Waves waves(20, 9);
  team.lead(waves);
  CHECK(waves.rows.back()[0] == alone(20, 9));
  CHECK(invited == 0);
}

TEST_CASE("who is kept waiting goes on alone") {
  // Was: beside another process two threads took half as long again as one.
  struct Slow final : Team::Job {
    std::size_t steps() const override { return 4; }
    Extent units(std::size_t) const override { return 8; }
    bool shared(std::size_t) const override { return true; }
    std::size_t helper_bytes() const override { return 0; }
    void run(std::size_t, Extent, Extent, std::byte* memory) const noexcept override {
      if (memory == nullptr) return;
      ++helped;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    mutable std::atomic<int> helped{0};
  };
  Slow slow;
  Crowd crowd(2, 64);
  constexpr int kJobs = 5000;
  for (int job = 0; job < kJobs; ++job) crowd.team.lead(slow);
  CHECK(slow.helped < kJobs);  // of 4 steps each
}

TEST_CASE("while every thread leads, nobody is invited") {
  std::atomic<int> invited{0};
  Team team(1, [&](Team&) { ++invited; });
  Waves waves(10, 10);
  team.lead(waves);
  CHECK(invited == 0);
}

TEST_SUITE_END();
