// Talking to a terminal or a log. A log may lie on the disk that is full, so that what cannot be
// said is no reason to end a run.
#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <string>

namespace ganflow::cli {

// From here on nothing is said: another process says it.
inline bool silent = false;

template <class... Args>
void say(std::FILE* to, fmt::format_string<Args...> format, Args&&... args) {
  if (silent) return;
  const std::string text = fmt::format(format, std::forward<Args>(args)...);
  [[maybe_unused]] const std::size_t ignored = std::fwrite(text.data(), 1, text.size(), to);
}

template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  say(stdout, format, std::forward<Args>(args)...);
}

// Whether it is UTF-8 as a whole: no byte astray, nothing longer than need be, no surrogates.
bool is_utf8(const std::string& text);

}  // namespace ganflow::cli
