// The tables and figures of Smooth GAN: matrices of its presets (smooth_gan.h).
#pragma once

#include <vector>

#include "graphs/experiment.h"

namespace ganflow {

std::vector<Experiment> smooth_gan_experiments();

}  // namespace ganflow
