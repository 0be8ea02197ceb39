// Training images seen anew each time, x (N,C,H,W) -> (N,C,H,W). Each image draws for itself;
// evaluation and sampling programs pass images through.
//
//   Mirrored   columns in reverse order with probability 1/2, which suits photographs, not digits
//   Shifted    moved by whole pixels, uniform in -most .. most along each axis; what enters is
//              `fill`: a random crop of the padded image (He et al. 2016, section 4.2)
//   Cutout     a square around a pixel drawn from all of them is `fill`; what of it lies outside of
//              the image is lost (DeVries and Taylor 2017)
//   DiffAugment  colour, translation and cutout of Zhao et al. (2020, sections 3 and 4), on real
//   and
//              fake images alike; the generator learns through it
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Mirrored {
  Value operator()(Formula& f, Value x) const;
};

struct Shifted {
  Extent most = 4;   // pixels, from 0 to the smaller side
  double fill = -1;  // any number

  Value operator()(Formula& f, Value x) const;
};

// Pixel (i, j) is cut if i - centre_i and j - centre_j both lie in -side/2 .. (side - 1)/2, rounded
// to 0.
struct Cutout {
  Extent side = 16;  // pixels, from 0 to twice the smaller side
  double fill = 0;   // any number

  Value operator()(Formula& f, Value x) const;
};

// In this order, u drawn from U(0, 1) by each image for each transform:
//
//   colour       brightness   x + (u - 1/2) (hi - lo) / 2
//                saturation   m + 2 u (x - m), m the mean of a pixel's channels
//                contrast     m + (u + 1/2) (x - m), m the mean of the image
//   translation  by whole pixels, uniform in -a .. a along each axis, a = floor(n / 8 + 1/2) of n
//                pixels; what enters is grey
//   cutout       a rectangle, side s = floor(n / 2 + 1/2) along each axis, around a place drawn
//   from
//                0 .. n - 1 (0 .. n for even s), is grey; what of it lies outside is lost
//
// Grey is (lo + hi) / 2. The paper's images lie in [-1, 1].
struct DiffAugment {
  bool colour = true, translation = true, cutout = true;
  double lo = -1, hi = 1;  // range of pixels, lo < hi
  // Of each transform to be applied to an image, the three of colour and both axes of a translation
  // one by one or together as above; in [0, 1].
  double probability = 1;
  // Of AdaptAugment (ops/techniques/adapt_augment.h), whose probability is taken instead; empty:
  // none.
  std::string memory = {};

  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
