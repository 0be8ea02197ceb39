// One exception type for everything a user can get wrong or a machine can refuse.
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>

namespace ganflow {

// The process exit code of each kind is its value; ok (0) and "a replica failed" (1) have no Error.
enum class Fault {
  replica = 1,  // a replica stopped with a non-finite loss or a failing node
  usage = 2,    // command line, graph, shape, wiring, device
  busy = 4,     // run directory in use by another trainer
  output = 5,   // output cannot be written
  input = 6,    // a file that was read is damaged, truncated or of another format
};

// The text with every control character as an escape, \x1b: names of files and classes come from
// outside, and must neither steer a terminal nor begin a line of their own.
std::string shown(const std::string& text);

// what() is one sentence in the user's words: where, the rule with both numbers, what to do; names
// from outside stand in it as shown() writes them.
class Error : public std::runtime_error {
 public:
  Error(Fault fault, const std::string& sentence)
      : std::runtime_error(shown(sentence)), fault_(fault) {}
  Fault fault() const { return fault_; }
  int exit_code() const { return static_cast<int>(fault_); }

 private:
  Fault fault_;
};

template <class... Args>
[[noreturn]] void fail(Fault fault, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fault, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace ganflow
