// What the papers prove, as tables: flows of two numbers, fits, lines (theory.h).
#pragma once

#include <vector>

#include "graphs/experiment.h"

namespace ganflow {

std::vector<Experiment> theory_experiments();

}  // namespace ganflow
