// A small classifier of images (N,C,H,W), whose last but one layer serves as features.
//
//   features   conv w, then down to 8 x 8 pixels or fewer: conv 2w stride 2, conv 2w; conv 4w
//   stride
//              2, conv 4w; ... each 3 x 3 with the norm and relu; mean over the pixels
//   head       linear to the classes' logits
//
// With blocks = b > 0, b residual blocks x + norm conv relu norm conv x, then relu, stand in place
// of each second convolution (He et al. 2016, at half the depth of a stage or less).
//
// 28 x 28 and 32 x 32 pixels: 4w features, 5.5 M and 7.2 M multiply-adds at w = 16; a block adds
// 4.7 M to a stage of 32 x 32 pixels.
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

struct ClassifierNetwork {
  Extent channels = 3;  // of an image
  Extent side = 32;     // the larger one of it
  Extent width = 16;    // w, >= 1
  Extent blocks = 0;    // b, >= 0
};

// (N,C,H,W) -> (N,F)
Layers classifier_features(const ClassifierNetwork& o);
// (N,F) -> (N,K). K >= 1.
Layers classifier_head(Extent classes);

}  // namespace ganflow
