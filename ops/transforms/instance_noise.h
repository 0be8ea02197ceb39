// Instance noise: x + sigma n, n ~ N(0,1) for every element, on real and fake samples alike before
// the critic sees them. sigma usually falls to 0.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct InstanceNoise {
  Scalar sigma = 0.1;  // >= 0, in units of x, may follow a schedule

  Value operator()(Formula& f, Value x) const;  // any shape -> same shape
};

}  // namespace ganflow
