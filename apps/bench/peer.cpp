#include "apps/bench/peer.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdio>

#include "engine/error.h"

namespace ganflow::bench {
namespace {

struct Ended {
  std::string printed;
  int status = 0;
};

Ended run_by_shell(const std::string& line) {
  FILE* pipe = ::popen((line + " 2>&1").c_str(), "r");
  if (!pipe) fail(Fault::usage, "bench: no process can be started for '{}'", line);
  Ended ended;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe))
    ended.printed.append(buffer, n);
  ended.status = ::pclose(pipe);
  return ended;
}

// Behind the last of `separators`, white space at the end aside.
std::string last_of(std::string text, const char* separators) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  const std::size_t at = text.find_last_of(separators);
  return at == std::string::npos ? text : text.substr(at + 1);
}

}  // namespace

double peer_us(const std::string& command, const std::string& of, int threads, double seconds) {
  const Ended ended = run_by_shell(fmt::format("{} {} {} {}", command, of, threads, seconds));
  const std::string word = last_of(ended.printed, " \t\r\n");
  double us = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), us);
  if (ended.status != 0 || error != std::errc() || end != word.data() + word.size() ||
      !std::isfinite(us) || us <= 0)
    fail(Fault::usage, "{}: --peer '{}' gives no microseconds: {}", of, command,
         ended.printed.empty() ? "it prints nothing" : last_of(ended.printed, "\r\n"));
  return us;
}

}  // namespace ganflow::bench
