// Training images seen anew each time, x (N,C,H,W) -> (N,C,H,W). Each image draws for itself;
// evaluation and sampling programs pass images through.
//
//   Mirrored   columns in reverse order with probability 1/2, which suits photographs, not digits
//   Shifted    moved by whole pixels, uniform in -most .. most along each axis; what enters is
//              `fill`: a random crop of the padded image (He et al. 2016, section 4.2)
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

}  // namespace ganflow
