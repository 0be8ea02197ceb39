// The Inception-v3 by which FID is defined (Szegedy et al. 2016 with the weights of 2015): the
// variant of pytorch-fid, whose average pools leave the border's zeros out of the mean and whose
// last block has a max pool.
//
// Images of any size become 299 x 299 by ops/transforms/resize.h, one channel becomes three alike.
// Pixels in [-1, 1].
//
//   depth                    64   192   768   2048
//   behind   first max pool, second, Mixed_6e, Mixed_7c     each its mean over the pixels
//
// Variables have pytorch's names with / for . : "Mixed_5b/branch1x1/w", the norm's scale, shift,
// mean and variance beside it. 5.7 G multiply-adds an image.
#pragma once

#include <array>

#include "engine/graph/formula.h"

namespace ganflow {

inline constexpr std::array<Extent, 4> kInceptionDepths{64, 192, 768, 2048};

// (N,1 or 3,H,W) -> (N,depth), depth one of kInceptionDepths.
struct InceptionFeatures {
  Extent depth = 2048;
  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
