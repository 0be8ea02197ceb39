// The convolutional networks of the papers as lists of layers. All work in channels first,
// (N,C,H,W); generators take z (N,d) and end in (N,C,H,W), critics end in one score (N,1), the
// logit. Multiply-adds are per sample.
#pragma once

#include <optional>

#include "ops/layers/batch_norm.h"
#include "ops/layers/layers.h"
#include "ops/layers/weight.h"

namespace ganflow {

// Options of all of them; what a network has no use for it leaves alone.
struct ImageNetwork {
  Extent width = 64;  // channels of the layer of largest resolution, >= 1; the others are multiples
  Extent kernel = 5;  // of convolutions in stacks: 3, 4, 5, 7 (GU-08)
  Extent channels = 3;                      // of an image
  std::vector<Layer> norm = {BatchNorm{}};  // behind each convolution; {}: none
  bool norm_after_activation = false;  // conv, activation, norm instead of conv, norm, activation
  bool conditional = false;            // takes a condition (N,K)
  WeightTransform weight = {};         // SpectralNorm{} for every weight of a critic
  std::optional<LayerInit> init = {};  // of every weight; absent: glorot, he in residual blocks
};

// Where a critic's minibatch discrimination stands: alone, or with dense layers of 4 width units in
// front, behind, or both (GU-13).
enum class Minibatch : std::uint8_t { none, alone, before, after, both };

// Guide, base GAN (GU-01), 32x32. G: dense 4x4x256, [upsample, conv] 256, 128, 64, conv -> image,
// tanh. D: [conv, max pool, norm, relu] 64, 128, 256, conv 4x4 -> 1.
Layers pooling_generator(const ImageNetwork& o);
Layers pooling_critic(const ImageNetwork& o);

// Guide, DCGAN (GU-07), 32x32. G: dense 4x4x256, deconv 256, 128, 64, conv -> image, tanh.
// D: conv stride 2 64, 128, 256, leaky 0.2, conv 4x4 -> 1. Parameters 3.08 M + 1.03 M,
// multiply-adds 136 M + 27 M at kernel 5.
// Conditional (GU-09): z joined with the condition; features joined with it, dense 256 leaky, 1.
Layers dcgan_generator(const ImageNetwork& o);
Layers dcgan_critic(const ImageNetwork& o, Minibatch minibatch = Minibatch::none);

// Guide, WGAN (GU-20, R-42): the same with layer norm and, conditional, label planes (GU-21). The
// generator of the authors' notebook starts at 2x2x256 and has four deconvs of 128.
Layers wgan_critic(ImageNetwork o);
Layers notebook_generator(const ImageNetwork& o);

// MU-11, 32x32, `width` 128: G: linear 4x4x512, deconv 256, 128, deconv -> image, tanh.
// D: conv stride 2 128, 256, 512, leaky 0.2, linear. Multiply-adds 108 M + 107 M.
Layers mu_generator(const ImageNetwork& o);
Layers mu_critic(const ImageNetwork& o);

// MNIST of improved_wgan_training (MU-10, R-06), 28x28: G: linear 4x4x256, deconv 128, cut to 7x7,
// deconv 64, deconv 1, sigmoid. D: conv stride 2 64, 128, 256, leaky 0.2, linear. No norm as
// published: .norm = {}.
Layers mnist_generator(const ImageNetwork& o);
Layers mnist_critic(const ImageNetwork& o);

// 64x64 DCGAN of improved_wgan_training: G: linear 4x4x512, deconv 256, 128, 64, deconv ->
// image, tanh. D: conv stride 2 64, 128, 256, 512, leaky 0.2, the norm from the second on, linear.
Layers dcgan64_generator(const ImageNetwork& o);
Layers dcgan64_critic(const ImageNetwork& o);

// ResNet (MU-12, R-06), 32x32, `width` 128 everywhere, kernel 3: G: linear 4x4, 3 up-blocks with
// the norm, norm relu conv -> image, tanh. D: first block, down-block, 2 plain blocks, relu, mean
// over the pixels, linear. Multiply-adds 422 M + 272 M. A norm in D stands in its blocks: {} as
// published.
Layers resnet_generator(const ImageNetwork& o);
Layers resnet_critic(const ImageNetwork& o);

}  // namespace ganflow
