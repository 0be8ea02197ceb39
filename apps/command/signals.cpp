#include "apps/command/signals.h"

#include <signal.h>
#include <unistd.h>

#include <string_view>
#include <system_error>

namespace ganflow::cli {
namespace {

constexpr int kStopping[] = {SIGTERM, SIGINT, SIGHUP, SIGXCPU};

bool ignored(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

sigset_t watched(bool hangup_ignored) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kStopping)
    if (signal != SIGHUP || !hangup_ignored) sigaddset(&set, signal);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);  // wakes the waiter when the run is over
  return set;
}

}  // namespace

StopOnSignal::StopOnSignal(bool aloud) : hangup_ignored_(ignored(SIGHUP)) {
  ::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error like a full disk
  ::signal(SIGPIPE, SIG_IGN);  // Ctrl-C also ends the `tee` that reads what we say
  const sigset_t set = watched(hangup_ignored_);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  waiter_ = std::thread([this, aloud] {
    const sigset_t signals = watched(hangup_ignored_);
    for (int signal = 0; sigwait(&signals, &signal) == 0;) {
      if (over_) return;
      if (signal == SIGUSR2) continue;
      if (signal == SIGUSR1) {
        ++commits_;
        continue;
      }
      if (stop_.exchange(true)) _exit(128 + signal);
      if (!aloud) continue;
      // From a thread of its own: a log that takes nothing may not keep the next signal waiting.
      try {
        std::thread([] {
          constexpr std::string_view kText =
              "\nstopping at the end of this iteration; once more to stop at once\n";
          [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, kText.data(), kText.size());
        }).detach();
      } catch (const std::system_error&) {
        // No thread can be made: the run stops all the same, without a word.
      }
    }
  });
}

StopOnSignal::~StopOnSignal() {
  over_ = true;
  pthread_kill(waiter_.native_handle(), SIGUSR2);
  waiter_.join();
  // What comes while the process ends changes nothing, and its exit status least of all; only once,
  // should the end hang.
  struct sigaction nothing {};
  nothing.sa_handler = [](int) {};
  nothing.sa_flags = SA_RESETHAND | SA_RESTART;
  for (const int signal : kStopping)
    if (signal != SIGHUP || !hangup_ignored_) sigaction(signal, &nothing, nullptr);
  ::signal(SIGUSR1, SIG_IGN);  // there is nothing left to commit
  const sigset_t set = watched(hangup_ignored_);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace ganflow::cli
