// "did you mean": the tail of a sentence about a name that does not exist.
#pragma once

#include <string>
#include <vector>

namespace ganflow {

// "; did you mean 'thesis-28'? There are: a, b, c" ("; there are none" for an empty list). The
// nearest name by edit distance is proposed when it is within half the length of `name`.
std::string suggestion(const std::string& name, const std::vector<std::string>& known);

}  // namespace ganflow
