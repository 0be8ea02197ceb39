// The experiments that `ganflow reproduce` knows by name.
#pragma once

#include <vector>

#include "graphs/experiment.h"

namespace ganflow {

std::vector<Experiment> experiments();

}  // namespace ganflow
