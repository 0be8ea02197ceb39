// SIGTERM, SIGINT, SIGXCPU and, unless it is ignored as under nohup, SIGHUP stop a run at the next
// macro-iteration end, after a last commit. A second one ends the process at once: everything
// committed or flushed is whole. When the run is over the first one is ignored. SIGUSR1 has every
// replica commit and go on.
#pragma once

#include <atomic>
#include <thread>

namespace ganflow::cli {

// Make one before any other thread starts: it blocks the signals for all of them.
class StopOnSignal {
 public:
  // `aloud`: that the run stops is said.
  explicit StopOnSignal(bool aloud = true);
  ~StopOnSignal();
  const std::atomic<bool>& flag() const { return stop_; }
  const std::atomic<int>& commits_wanted() const { return commits_; }  // grows with every SIGUSR1

 private:
  const bool hangup_ignored_;
  std::atomic<bool> stop_{false}, over_{false};
  std::atomic<int> commits_{0};
  std::thread waiter_;
};

}  // namespace ganflow::cli
