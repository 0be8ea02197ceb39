// MNIST networks of improved_wgan_training (MU-10, R-06), 28x28. No norm as published: .norm = {}.
//
//   G: linear 4x4x256, deconv 128, cut to 7x7, deconv 64, deconv 1, sigmoid
//   D: conv stride 2 64, 128, 256, leaky 0.2, linear
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

Layers mnist_generator(const ImageNetwork& o);
Layers mnist_critic(const ImageNetwork& o);

}  // namespace ganflow
