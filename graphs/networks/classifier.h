// A small classifier of images (N,C,H,W), whose last but one layer serves as features.
//
//   features   conv w, then down to 8 x 8 pixels or fewer: conv 2w stride 2, conv 2w; conv 4w
//   stride
//              2, conv 4w; ... each 3 x 3 with the norm and relu; mean over the pixels
//   head       linear to the classes' logits
//
// 28 x 28 and 32 x 32 pixels: 4w features, 5.5 M and 7.2 M multiply-adds at w = 16.
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

// `side`: the larger one of the image. (N,C,H,W) -> (N,F)
Layers classifier_features(const ImageNetwork& o, Extent side);
// (N,F) -> (N,K). K >= 1.
Layers classifier_head(Extent classes);

}  // namespace ganflow
