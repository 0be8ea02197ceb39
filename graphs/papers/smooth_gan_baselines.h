// The GANs that Smooth GAN's Table 1 quotes and no other paper here defines (seeds A1: SG-19,
// SG-21): BEGAN and D2GAN, with dcgan's stages of layers.
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

std::vector<NamedGraph> smooth_gan_baselines();

}  // namespace ganflow
