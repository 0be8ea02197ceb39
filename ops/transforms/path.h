// Straight lines through the latent space, along which samples should change smoothly (SG-14,
//
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// The rows of a and b, both (N,...), become paths of F frames, the last one as far as N goes:
//   y[p F + t] = a[p F] + t / (F - 1) (b[p F] - a[p F])      t = 0 .. F - 1
struct Path {
  Extent frames = 10;  // F >= 2

  Value operator()(Formula& f, Value a, Value b) const;
};

}  // namespace ganflow
