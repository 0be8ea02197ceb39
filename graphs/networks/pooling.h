// The base GAN of the guide (GU-01), 32x32.
//
//   G: dense 4x4x256, [upsample, conv, norm, relu] 256, 128, 64, conv -> image, tanh
//   D: [conv, max pool, norm, relu] 64, 128, 256, conv 4x4 -> 1
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

Layers pooling_generator(const ImageNetwork& o);
Layers pooling_critic(const ImageNetwork& o);

}  // namespace ganflow
