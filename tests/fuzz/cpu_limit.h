// Ends a process in which one input took too long: time of the processor, which a busy machine does
// not stretch.
#pragma once

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace ganflow::fuzz {

// While it lives the process, all threads of it, may compute so long; then it aborts, which
// libFuzzer reports with the input. One at a time, and none in a child that is forked meanwhile.
class CpuLimit {
 public:
  explicit CpuLimit(double seconds) {
    std::signal(SIGPROF, [](int) {
      constexpr char kText[] = "the input took all the processor's time that it may\n";
      [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText, sizeof kText - 1);
      std::abort();
    });
    arm(seconds);
  }
  ~CpuLimit() { arm(0); }
  CpuLimit(const CpuLimit&) = delete;
  CpuLimit& operator=(const CpuLimit&) = delete;

 private:
  static void arm(double seconds) {
    const auto whole = static_cast<time_t>(seconds);
    const auto rest = static_cast<suseconds_t>((seconds - static_cast<double>(whole)) * 1e6);
    const itimerval timer{.it_interval = {}, .it_value = {.tv_sec = whole, .tv_usec = rest}};
    if (::setitimer(ITIMER_PROF, &timer, nullptr) != 0) std::abort();
  }
};

inline constexpr double kInputSeconds = 10;

}  // namespace ganflow::fuzz
