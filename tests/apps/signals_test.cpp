#include "apps/command/signals.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "engine/program/leaves.h"
#include "io/run/resume.h"
#include "support/command.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::cli;
using namespace ganflow::test;

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

// Was: both ended the process without a commit, the checkpoints up to a tenth of a run old. And the
// test itself waited for ever where the tests were started by nohup.
TEST_CASE("SIGUSR1 commits and goes on, SIGHUP commits and ends") {
  const TemporaryDirectory dir;
  const std::string run = dir / "run", folder = run + "/replica_000/checkpoints";
  const auto before = ::signal(SIGHUP, SIG_IGN);  // as nohup has it
  const pid_t child = start_command(
      {"train", "toy-8gaussians", "--batch", "16", "--set", "generator=16", "--set", "critic=16",
       "--threads", "1", "--steps", "100M", "--checkpoint-every", "0", "--out", run},
      dir / "log");
  ::signal(SIGHUP, before);
  const auto wait_for = [](auto&& come) {
    for (int waited = 0; waited < 20000 && !come(); ++waited) ::usleep(1000);
    return come();
  };
  REQUIRE(wait_for([&] { return std::filesystem::exists(run + "/metrics.h5"); }));
  CHECK(steps_in(folder).empty());
  ::kill(child, SIGUSR1);
  REQUIRE(wait_for([&] { return steps_in(folder).size() == 1; }));
  CHECK(::waitpid(child, nullptr, WNOHANG) == 0);
  ::kill(child, SIGHUP);
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  const std::vector<Step> steps = steps_in(folder);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0] < steps[1]);
  CHECK(command("verify " + run).exit_code == 0);
}

// Was not there: under nohup SIGHUP is ignored, and stays so.
TEST_CASE("SIGHUP that is ignored at the start is ignored") {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGHUP, SIG_IGN);
    int code = 1;
    {
      const StopOnSignal stop;
      ::kill(::getpid(), SIGHUP);
      ::usleep(50000);
      code = stop.flag() ? 2 : 7;
    }
    ::raise(SIGHUP);
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_SUITE_END();
