// The DCGAN networks of mu-WGAN (MU-11), 32x32, `width` 128.
//
//   G: linear 4x4x512, deconv 256, 128, deconv -> image, tanh
//   D: conv stride 2 128, 256, 512, leaky 0.2, linear
//
// Multiply-adds 108 M + 107 M.
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

Layers mu_generator(const ImageNetwork& o);
Layers mu_critic(const ImageNetwork& o);

}  // namespace ganflow
