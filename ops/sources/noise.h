// Latent noise z (N, dim), drawn afresh every step: a pure function of (seed, node, step, element).
// times: N is this many batches, where a generator's step is larger than the critic's (MU-12).
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// U(lo, hi). U(-1,1) is the thesis' "uniform random input".
struct Uniform {
  Extent dim = 1;  // >= 1
  double lo = -1;
  double hi = 1;     // > lo
  Extent times = 1;  // >= 1

  Value operator()(Formula& f) const;
};

// N(0, 1) (SG-06, GU A3, MU-09).
struct Normal {
  Extent dim = 1;    // >= 1
  Extent times = 1;  // >= 1

  Value operator()(Formula& f) const;
};

}  // namespace ganflow
