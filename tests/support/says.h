// What a command must have said.
#pragma once

#include <doctest/doctest.h>

#include "support/command.h"

namespace ganflow::test {

// Whether the output has a text; checked, the output shown where it has not.
inline bool says(const Outcome& outcome, const std::string& text) {
  INFO(outcome.output);
  const bool found = outcome.output.find(text) != std::string::npos;
  CHECK_MESSAGE(found, text);
  return found;
}

}  // namespace ganflow::test
