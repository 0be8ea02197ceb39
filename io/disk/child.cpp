#include "io/disk/child.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "io/disk/durable.h"

namespace ganflow {
namespace {

[[noreturn]] void run_child(int out, const std::function<std::string()>& body) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  std::string text;
  char how = '-';
  try {
    text = body();
    how = '+';
  } catch (const Unreadable& error) {
    text = error.what();
    how = '?';
  } catch (const std::exception& error) {
    text = error.what();
  }
  text.insert(text.begin(), how);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(out, text.data() + done, text.size() - done);
    if (n <= 0) ::_exit(1);
    done += static_cast<std::size_t>(n);
  }
  ::_exit(0);
}

// Reads until the other end closes; false when the time is over.
bool read_all(int in, double seconds, std::string& text) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (;;) {
    const std::chrono::duration<double, std::milli> left = end - Clock::now();
    if (left.count() <= 0) return false;
    pollfd poll{in, POLLIN, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(left.count()) + 1);
    if (ready <= 0) continue;
    char buffer[4096];
    const ssize_t n = ::read(in, buffer, sizeof buffer);
    if (n <= 0) return true;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

ChildOutcome in_child(double seconds, const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe(ends) != 0) return {.text = fmt::format("no child process: {}", std::strerror(errno))};
  const Descriptor in(ends[0]);
  const pid_t pid = ::fork();
  if (pid == 0) run_child(ends[1], body);
  ::close(ends[1]);
  if (pid < 0) return {.text = fmt::format("no child process: {}", std::strerror(errno))};
  std::string text;
  const bool in_time = read_all(in.fd(), seconds, text);
  if (!in_time) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return {.text = fmt::format("reading it takes longer than {:.0f} s", seconds)};
  if (WIFSIGNALED(status))
    return {.text = fmt::format("reading it crashes the process (signal {})", WTERMSIG(status))};
  if (text.empty()) return {.text = "reading it ends the process without a word"};
  return {text[0] == '+', text[0] == '?', text.substr(1)};
}

}  // namespace ganflow
