// SIGTERM and SIGINT stop a run at the next macro-iteration end, after a last commit. A second one
// ends the process at once: everything committed or flushed is whole. When the run is over the
// first one is ignored.
#pragma once

#include <atomic>
#include <thread>

namespace ganflow::cli {

// Make one before any other thread starts: it blocks the signals for all of them.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  const std::atomic<bool>& flag() const { return stop_; }

 private:
  std::atomic<bool> stop_{false}, over_{false};
  std::thread waiter_;
};

}  // namespace ganflow::cli
