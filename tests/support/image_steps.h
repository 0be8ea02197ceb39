// Training steps of networks for images, written in primitives like those of steps.h.
#pragma once

#include "support/steps.h"

namespace ganflow::test {

// Widths and sizes of the cases below; the images are size x size x 3.
struct ImageWidths {
  Extent size = 32;
  std::vector<Extent> channels = {64, 128, 256};
  Extent noise = 128, kernel = 5, batch = 64;
};

// G: linear to size/8 x size/8 x channels, batch norm, relu, transposed convolutions of stride 2
// with batch norm and relu between them, tanh. D: convolutions of stride 2, leaky relu 0.2, linear.
StepCase dcgan(const ImageWidths& w = {});
// Layer norm over (C,H,W) in front of the critic's second and third activation.
StepCase dcgan_layer_norm(const ImageWidths& w = {});
// G: linear, relu, nearest upsampling and convolutions. D: convolutions with 2 x 2 max pooling,
// linear.
StepCase max_pool_critic(const ImageWidths& w = {.channels = {64, 128}});
// G of dcgan() with half the channels. D of mu-WGAN (MU-12), `channels.back()` wide: a first block,
// one that halves the image, two that do not, relu, mean over the pixels, linear.
StepCase resnet_critic(const ImageWidths& w = {.channels = {32, 64, 128}, .kernel = 3});

}  // namespace ganflow::test
