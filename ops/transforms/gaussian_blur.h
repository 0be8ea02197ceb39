// Gaussian smoothing of square images (TH 4.3, TH-21; the smooth-to-sharp schedule of TH-36).
//
//   w_d = exp(-d^2 / (2 sigma^2)) / sum,  |d| <= radius = min(ceil(3 sigma), side - 1)
//   y = K x K,  K_ij = w_(i-j)  (side,side)
//
// Separable, zero outside the image; the whole kernel sums to 1, so images darken at the border
// only. sigma = 0 is the identity. K is made from sigma in the program: sigma may follow a
// schedule.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct GaussianBlur {
  Scalar sigma = 0;     // >= 0, in pixels
  Extent side = 28;     // pixels, H = W >= 1
  Extent channels = 1;  // C >= 1, planes one after the other

  // x (N,P) or (N,C,H,W), P = C side^2 -> same shape. Fault::usage if P is another number.
  Value operator()(Formula& f, Value x) const;
};

// K (side,side) for a sigma of shape ().
Value gaussian_band(Value sigma, Extent side);

}  // namespace ganflow
