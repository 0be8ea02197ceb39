// The experiments of mu-WGAN (seeds A5: MU): points of the plane, MNIST, CIFAR-10.
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

// WGAN-GP with the ResNet of improved_wgan_training on CIFAR-10 (MU-12), also the ready graph
// wgan-gp-resnet; target 0: the simple penalty.
void cifar_resnet(Graph& graph, double target);

std::vector<NamedGraph> mu_wgan_presets();

}  // namespace ganflow
