// Chains of launches that wait for one another.
#pragma once

#include <utility>

#include "engine/kernels/check.h"
#include "support/steps.h"

namespace ganflow::test {

// Five critic steps and a generator step, chained.
Program macro(const StepCase& c);

// The longest chain under all hazards, and under the data's alone.
std::pair<int, int> chains(const kernels::Launches& launches);

// What waits for what if sharing the arena made nobody wait: the data, and who reads a slot before
// it is overwritten.
kernels::Dependences without_sharing(const kernels::Launches& launches);

}  // namespace ganflow::test
