#include "engine/run/watchdog.h"

#include <chrono>
#include <cstdio>

namespace ganflow {

Watchdog::Watchdog(double seconds, std::function<std::uint64_t()> moves,
                   std::function<std::string()> where)
    : moves_(std::move(moves)), where_(std::move(where)) {
  if (seconds > 0) thread_ = std::thread([this, seconds] { loop(seconds); });
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    finish_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::loop(double seconds) {
  std::unique_lock lock(mutex_);
  std::uint64_t last = moves_();
  const std::chrono::duration<double> period(seconds);
  while (!wake_.wait_for(lock, period, [&] { return finish_; })) {
    const std::uint64_t now = moves_();
    if (now == last) std::fputs(where_().c_str(), stderr);
    last = now;
  }
}

}  // namespace ganflow
