// The parameters of a network that was forwarded before, for formulas that look at all of them.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

struct NamedParameter {
  std::string name;  // as columns say it: "0.w" of "D/0/w"
  Value value;
};
// Throws Error(usage) for a network without any.
std::vector<NamedParameter> parameters_of(Formula& f, const Network& network);

}  // namespace ganflow
