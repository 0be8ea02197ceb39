// What is done about output that cannot be written: try again, for a while.
//
// The caller of the Sink waits meanwhile, so that training waits too: nothing is dropped and
// nothing is invented. Every attempt writes a file of its own from memory; a descriptor that failed
// is never written again, since after an EIO the kernel may have dropped what was written before.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "io/disk/durable.h"

namespace ganflow {

struct Grace {
  double seconds = 0;  // how long output may fail; 0: the first failure is final
  // Someone wants the run to end: at most 2 seconds from the first failure then. May be null.
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const std::string& sentence)> say;  // what goes on; may be empty
  // After a second failure asked before each attempt, throws Error(output) while writing is known
  // to fail: attempts that fail cost descriptors. May be empty.
  std::function<void()> probe;
};

class Insist {
 public:
  explicit Insist(Grace grace) : grace_(std::move(grace)) {}

  // Calls `body` until it does not throw Error(output) or Unreadable, or the grace is over; then
  // throws the last one, and from then on tries everything once only.
  template <class Body>
  void operator()(Body&& body) {
    for (;;) {
      try {
        if (attempts_ > 1 && grace_.probe) grace_.probe();
        body();
        if (since_) went_well();
        return;
      } catch (const Error& error) {
        const bool passes =
            error.fault() == Fault::output || dynamic_cast<const Unreadable*>(&error) != nullptr;
        if (!passes || !again(error)) throw;
      }
    }
  }

  bool gave_up() const { return gave_up_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool again(const Error& error);  // sleeps
  void went_well();
  double limit() const;  // seconds

  Grace grace_;
  std::optional<Clock::time_point> since_;  // of the first failure
  int attempts_ = 0;                        // that failed since
  bool gave_up_ = false;
};

}  // namespace ganflow
