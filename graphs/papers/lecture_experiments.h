// The lecture's comparison of games on weak networks (lecture.h).
#pragma once

#include <vector>

#include "graphs/experiment.h"

namespace ganflow {

std::vector<Experiment> lecture_experiments();

}  // namespace ganflow
