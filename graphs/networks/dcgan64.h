// 64x64 DCGAN of improved_wgan_training.
//
//   G: linear 4x4x512, deconv 256, 128, 64, deconv -> image, tanh
//   D: conv stride 2 64, 128, 256, 512, leaky 0.2, the norm from the second on, linear
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

Layers dcgan64_generator(const ImageNetwork& o);
Layers dcgan64_critic(const ImageNetwork& o);

}  // namespace ganflow
