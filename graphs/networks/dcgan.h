// DCGAN of the guide (GU-07), 32x32, and its WGAN (GU-20, R-42).
//
//   G: dense 4x4x256, deconv 256, 128, 64, conv -> image, tanh
//   D: conv stride 2 64, 128, 256, leaky 0.2, conv 4x4 -> 1
//
// Parameters 3.08 M + 1.03 M, multiply-adds 136 M + 27 M at kernel 5. Conditional (GU-09): z joined
// with the condition; features joined with it, dense 256 leaky, 1; with label_planes (GU-21) the
// planes stand beside the image and the critic ends as it does without a condition. The WGAN critic
// has LayerNorm and label planes.
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

Layers dcgan_generator(const ImageNetwork& o);
Layers dcgan_critic(const ImageNetwork& o);

// The generator of the authors' WGAN notebook: 2x2x256, four deconvs of 128, conv -> image, tanh.
Layers notebook_generator(const ImageNetwork& o);

}  // namespace ganflow
