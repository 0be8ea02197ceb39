// Brings home what waits for a device: the one thread that watches marks, so that no worker of the
// flow graph does. Knows no TBB.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/device/queue.h"

namespace ganflow {

class Courier {
 public:
  Courier();
  ~Courier();  // after everything was brought home
  Courier(const Courier&) = delete;

  // From any thread, does not block. `arrive` is called by the courier's thread when the mark has
  // passed; it may not throw.
  void bring(const Mark& mark, std::function<void()> arrive);

 private:
  struct Errand {
    Mark mark;
    std::function<void()> arrive;
  };
  void loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Errand> inbox_;  // guarded by mutex_
  bool finish_ = false;        // guarded by mutex_
  std::thread thread_;
};

}  // namespace ganflow
