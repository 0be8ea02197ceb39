// "did you mean": the tail of a sentence about a name that does not exist.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/error.h"

namespace ganflow {

// "; did you mean 'thesis-28'? There are: a, b, c" ("; there are none" for an empty list). The
// nearest name by edit distance is proposed when it is within half the length of `name`.
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
