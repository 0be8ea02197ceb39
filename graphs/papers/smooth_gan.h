// Smooth GAN's experiments (seeds A1: SG), with a bound on the slope of the generator.
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

std::vector<NamedGraph> smooth_gan_presets();

}  // namespace ganflow
