#include "support/ranks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace ganflow::test {
namespace {

namespace fs = std::filesystem;

// The fourth field of /proc/PID/stat, behind a name that may hold anything; 0: it is gone.
pid_t parent_of(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t end = text.rfind(')');
  char state = 0;
  int parent = 0;
  if (end == text.npos || std::sscanf(text.c_str() + end + 1, " %c %d", &state, &parent) != 2)
    return 0;
  return state == 'Z' ? 0 : parent;
}

std::vector<pid_t> processes() {
  std::vector<pid_t> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error))
    if (const long pid = std::atol(entry.path().filename().c_str()); pid > 0)
      all.push_back(static_cast<pid_t>(pid));
  return all;
}

bool is_rank(pid_t pid, int rank) {
  std::ifstream in(fmt::format("/proc/{}/environ", pid));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string wanted = fmt::format("OMPI_COMM_WORLD_RANK={}", rank);
  return text.find(wanted + '\0') != text.npos;
}

bool holds_replica(pid_t pid) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid), error)) {
    const std::string file = fs::read_symlink(entry.path(), error).string();
    if (file.find("/replica_") != file.npos) return true;
  }
  return false;
}

}  // namespace

bool have_ranks() { return std::string(GANFLOW_MPIRUN) != ""; }

bool skipped_without_ranks() {
  if (!have_ranks()) std::puts("skipped: this build has no MPI, or there is no mpirun");
  return !have_ranks();
}

std::string on_ranks(int ranks) {
  // What Open MPI leaks it allocated in components that it unloads: no list of leaks could name
  // them.
  return fmt::format(GANFLOW_MPIRUN
                     " --oversubscribe --allow-run-as-root --bind-to none"
                     " -x ASAN_OPTIONS=detect_leaks=0 -n {} " GANFLOW_COMMAND " ",
                     ranks);
}

RankedRun::RankedRun(int ranks, const std::string& arguments, const std::string& log) {
  const std::string line = "exec " + on_ranks(ranks) + arguments;
  launcher_ = ::fork();
  if (launcher_ == 0) {
    const int fd = ::open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
    ::dup2(fd, STDOUT_FILENO);
    ::dup2(fd, STDERR_FILENO);
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    ::_exit(127);
  }
}

RankedRun::~RankedRun() {
  if (!ended()) wait(0);
}

RankedRun::Rank RankedRun::rank(int rank) const {
  Rank found;
  const std::vector<pid_t> all = processes();
  for (const pid_t pid : all)
    if (parent_of(pid) == launcher_ && is_rank(pid, rank)) found.known = pid;
  for (const pid_t pid : all)
    if (found.known != 0 && parent_of(pid) == found.known) found.trains = pid;
  return found;
}

pid_t RankedRun::training(int number) {
  while (!ended()) {
    const Rank now = rank(number);
    if (now.trains != 0 && holds_replica(now.trains)) return now.trains;
    ::usleep(1000);
  }
  return 0;
}

void RankedRun::signal(int number) const { ::kill(launcher_, number); }

bool RankedRun::ended() {
  if (!over_) over_ = ::waitpid(launcher_, &status_, WNOHANG) == launcher_;
  return over_;
}

int RankedRun::wait(double seconds) {
  for (double waited = 0; waited < seconds && !ended(); waited += 0.002) ::usleep(2000);
  if (!ended()) {
    std::vector<pid_t> left{launcher_};
    const std::vector<pid_t> all = processes();
    for (std::size_t i = 0; i < left.size(); ++i)
      for (const pid_t pid : all)
        if (parent_of(pid) == left[i]) left.push_back(pid);
    for (const pid_t pid : left) ::kill(pid, SIGKILL);
    ::waitpid(launcher_, &status_, 0);
    over_ = true;
    return -1;
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

}  // namespace ganflow::test
