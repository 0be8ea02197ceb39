// The thesis' studies that are no numbered experiment (seeds A2): what its measure says of real
// data (TH-15), and of the critic's loss and slope (TH-17 to TH-19).
#pragma once

#include <vector>

#include "graphs/experiment.h"

namespace ganflow {

std::vector<Experiment> thesis_studies();

}  // namespace ganflow
