// Says so when nothing moves: a hang is better explained than silent.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace ganflow {

class Watchdog {
 public:
  // Prints `where()` to stderr each time `moves()` has not changed for `seconds`; 0: never.
  Watchdog(double seconds, std::function<std::uint64_t()> moves,
           std::function<std::string()> where);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;

 private:
  void loop(double seconds);
  std::function<std::uint64_t()> moves_;
  std::function<std::string()> where_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool finish_ = false;
  std::thread thread_;
};

}  // namespace ganflow
