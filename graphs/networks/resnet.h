// ResNet of improved_wgan_training (MU-12, R-06), 32x32, `width` 128 everywhere, kernel 3.
//
//   G: linear 4x4, 3 up-blocks with the norm, norm relu conv -> image, tanh
//   D: first block, down-block, 2 plain blocks, relu, mean over the pixels, linear
//
// Multiply-adds 422 M + 272 M. A norm in D stands in its blocks: {} as published.
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

Layers resnet_generator(const ImageNetwork& o);
Layers resnet_critic(const ImageNetwork& o);

}  // namespace ganflow
