// The tables and figures of the guide: matrices of its presets (guide.h).
#pragma once

#include <vector>

#include "graphs/experiment.h"

namespace ganflow {

std::vector<Experiment> guide_experiments();

}  // namespace ganflow
