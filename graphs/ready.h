// Topologies without a paper's numbers: gan, f-gan, wgan, wgan-gp, sgp over fully connected
// networks; dcgan, cdcgan, wgan-gp-conv, wgan-gp-resnet and progressive over convolutional ones.
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

std::vector<NamedGraph> ready_graphs();

}  // namespace ganflow
