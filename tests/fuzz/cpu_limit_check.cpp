// Fuzzers of TIFF, WebP and GIF reached a limit of 10 s of wall time on machines that were busy
// otherwise: an input that waits is no input that hangs.
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>

#include "cpu_limit.h"

using namespace ganflow::fuzz;

namespace {

constexpr double kLimit = 0.05;  // seconds

void spin() {
  for (volatile unsigned turns = 0;; turns = turns + 1) {
  }
}
void wait() { std::this_thread::sleep_for(std::chrono::duration<double>(3 * kLimit)); }
void spin_without() {
  { const CpuLimit over(kLimit); }
  const std::clock_t end = std::clock() + static_cast<std::clock_t>(3 * kLimit * CLOCKS_PER_SEC);
  while (std::clock() < end) {
  }
}

// How a child ends that does it.
int ending_of(void (*body)(), bool limited) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(STDERR_FILENO);
    if (limited) {
      const CpuLimit limit(kLimit);
      body();
    } else {
      body();
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

}  // namespace

int main() {
  const int spinning = ending_of(spin, true), waiting = ending_of(wait, true),
            after = ending_of(spin_without, false);
  const bool right =
      WIFSIGNALED(spinning) && WTERMSIG(spinning) == SIGABRT && waiting == 0 && after == 0;
  std::printf("fuzz limit of the processor's time: %d wrong\n", right ? 0 : 1);
  return right ? 0 : 1;
}
