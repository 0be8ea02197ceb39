#include "io/data/parallel.h"

#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Puts the number of threads back.
struct ReadingThreads {
  explicit ReadingThreads(int threads) { set_reading_threads(threads); }
  ~ReadingThreads() { set_reading_threads(0); }
};

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("a folder of images took every processor, whatever --threads said") {
  for (const int threads : {1, 3}) {
    const ReadingThreads limit(threads);
    CHECK(reading_threads() == threads);
    std::mutex mutex;
    std::set<std::thread::id> seen;
    std::atomic<int> at_once{0};
    // The first calls wait for each other: all threads are there, and no more.
    read_each(50, [&](std::size_t i) {
      if (i < static_cast<std::size_t>(threads)) {
        ++at_once;
        while (at_once < threads) std::this_thread::yield();
      }
      const std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
    CHECK(seen.size() == static_cast<std::size_t>(threads));
  }
}

TEST_CASE("every index is read once, and of several failures the first counts") {
  for (const int threads : {1, 4}) {
    const ReadingThreads limit(threads);
    std::vector<std::atomic<int>> calls(100);
    read_each(100, [&](std::size_t i) { ++calls[i]; });
    for (const auto& n : calls) CHECK(n == 1);
    read_each(0, [](std::size_t) { FAIL("there is nothing to read"); });
    CHECK(error_of([] {
            read_each(100, [](std::size_t i) {
              if (i % 10 == 7) fail(Fault::input, "image {}", i);
            });
          }) == "6 image 7");
  }
}

TEST_SUITE_END();
