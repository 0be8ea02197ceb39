// Something behind gray images (TH-39): where an image x is dark one sees b, where it is white not.
//
//   y = x + (1 - x) b,   b = level + noise u,   u ~ U(0,1) for every pixel of every image
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Background {
  Scalar level = 0.2;  // 0 .. 1, may follow a schedule
  Scalar noise = 0.1;  // 0 .. 1; level and noise together at most 1 keeps y in [0, 1]

  Value operator()(Formula& f, Value x) const;  // (N,...) in [0, 1] -> same shape
};

}  // namespace ganflow
