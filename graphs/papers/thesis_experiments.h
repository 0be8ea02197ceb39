// The tables of the thesis: matrices of its presets (thesis.h).
#pragma once

#include <vector>

#include "graphs/experiment.h"

namespace ganflow {

std::vector<Experiment> thesis_experiments();

}  // namespace ganflow
