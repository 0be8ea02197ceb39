#include "engine/run/watchdog.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

using namespace ganflow;

TEST_SUITE("runner") {
  TEST_CASE("the watchdog speaks when nothing moves, and only then") {
    std::atomic<int> asked{0};
    const auto where = [&] {
      ++asked;
      return std::string();
    };
    {
      const Watchdog watchdog(
          0.001, [] { return std::uint64_t{7}; }, where);
      for (int i = 0; i < 10000 && asked == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    CHECK(asked > 0);
    asked = 0;
    std::atomic<std::uint64_t> moves{0};
    {
      const Watchdog watchdog(
          0.001, [&] { return moves++; }, where);
      while (moves < 5) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    CHECK(asked == 0);
  }
}
