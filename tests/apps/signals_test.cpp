#include "apps/command/signals.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ganflow;

namespace {

// How a process ends that gets `count` signals after its run is over: 7, or -signal.
int end_after(int signal, int count) {
  const pid_t child = ::fork();
  if (child == 0) {
    { const StopOnSignal stop; }
    for (int i = 0; i < count; ++i) ::raise(signal);
    ::_exit(7);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_SUITE_BEGIN("signals");

// Was: Ctrl-C while a finished run printed its summary ended the process with 130.
TEST_CASE("a signal after the run is over leaves the exit status, a second one does not") {
  for (const int signal : {SIGTERM, SIGINT}) {
    CHECK(end_after(signal, 1) == 7);
    CHECK(end_after(signal, 2) == -signal);
  }
}

TEST_SUITE_END();
