// The random weights and images of references/inception.py.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow::test {

// u(name, i) of the script, i < n: in [-1, 1).
std::vector<double> inception_draws(const std::string& name, Extent n);
// Of a Variable by its name.
std::vector<double> inception_weight(const VariableInfo& v);

}  // namespace ganflow::test
