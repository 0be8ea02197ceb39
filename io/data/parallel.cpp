#include "io/data/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace ganflow {
namespace {

std::atomic<int> threads_wanted{0};  // 0: as many as there are processors

}  // namespace

void set_reading_threads(int threads) { threads_wanted = threads; }

int reading_threads() {
  const int wanted = threads_wanted;
  return std::max(1, wanted > 0 ? wanted : static_cast<int>(std::thread::hardware_concurrency()));
}

void read_each(std::size_t n, const std::function<void(std::size_t)>& body) {
  std::atomic<std::size_t> next{0}, failed{n};
  std::mutex mutex;
  std::exception_ptr failure;  // of index `failed`
  const auto work = [&] {
    for (;;) {
      const std::size_t i = next++;
      if (i >= failed) return;  // n at first
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i >= failed) continue;
        failed = i;
        failure = std::current_exception();
      }
    }
  };
  const std::size_t threads = std::min(n, static_cast<std::size_t>(reading_threads()));
  {
    std::vector<std::jthread> others;
    for (std::size_t t = 1; t < threads; ++t) others.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace ganflow
