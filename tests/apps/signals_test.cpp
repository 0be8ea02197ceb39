#include "apps/command/signals.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/program/leaves.h"

using namespace ganflow;
using namespace ganflow::cli;

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

// How a process ends whose standard error is this pipe and that gets `count` signals while it runs:
// 7 if it saw the first one and came to its end, or 128 + signal.
int end_during(int error, int count) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(error, STDERR_FILENO);
    {
      const StopOnSignal stop;
      for (int i = 0; i < count; ++i) {
        ::kill(::getpid(), SIGTERM);
        for (int waited = 0; !stop.flag() && waited < 5000; ++waited) ::usleep(1000);
      }
      for (int waited = 0; count > 1 && waited < 5000; ++waited) ::usleep(1000);
      ::usleep(50000);  // for what is said
    }
    ::_exit(7);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_SUITE_BEGIN("signals");

// Was: Ctrl-C also ended the `tee` that read the log, and SIGPIPE ended the run without a commit.
TEST_CASE("a log whose reader is gone changes nothing") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  CHECK(end_during(ends[1], 1) == 7);
  ::close(ends[1]);
}

// Was: saying that the run stops waited for a full pipe, and the second signal with it.
TEST_CASE("a log that takes nothing keeps no signal waiting") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
  const char bytes[4096] = {};
  while (::write(ends[1], bytes, sizeof bytes) > 0) {
  }
  while (::write(ends[1], bytes, 1) > 0) {
  }
  ::fcntl(ends[1], F_SETFL, 0);
  CHECK(end_during(ends[1], 2) == 128 + SIGTERM);
  ::close(ends[0]);
  ::close(ends[1]);
}

// Was: Ctrl-C while a finished run printed its summary ended the process with 130.
TEST_CASE("a signal after the run is over leaves the exit status, a second one does not") {
  for (const int signal : {SIGTERM, SIGINT}) {
    CHECK(end_after(signal, 1) == 7);
    CHECK(end_after(signal, 2) == -signal);
  }
}

TEST_SUITE_END();
