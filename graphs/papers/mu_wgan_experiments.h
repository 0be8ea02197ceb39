// The tables and figures of mu-WGAN: matrices of its presets (mu_wgan.h).
#pragma once

#include <vector>

#include "graphs/experiment.h"

namespace ganflow {

std::vector<Experiment> mu_wgan_experiments();

}  // namespace ganflow
