// "did you mean": the tail of a sentence about a name that does not exist.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/error.h"

namespace ganflow {

// "; did you mean 'thesis-28'? there are: a, b, c" ("; there are none" for an empty list). Proposed
// is the nearest name by edit distance, capitals or not, if that is at most 2 or half the length of
// `name` and something is left of it; before it one that is the initials of `name`'s words.
std::string suggestion(const std::string& name, const std::vector<std::string>& known);

// The value of that name. Throws Error(usage): "WHAT: no such KIND; did you mean ...".
template <class T>
const T& choose(const std::string& what, const std::string& kind, const std::string& name,
                const std::vector<std::pair<std::string, T>>& known) {
  std::vector<std::string> names;
  for (const auto& [key, value] : known) {
    if (key == name) return value;
    names.push_back(key);
  }
  fail(Fault::usage, "{}: no such {}{}", what, kind, suggestion(name, names));
}

}  // namespace ganflow
