// Linear map of a value range: [from_lo, from_hi] -> [to_lo, to_hi], without clamping. The default
// takes pixels in [0, 1] to [-1, 1] (SG-06, GU A3).
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Rescale {
  double from_lo = 0;
  double from_hi = 1;  // not from_lo
  double to_lo = -1;
  double to_hi = 1;

  Value operator()(Formula& f, Value x) const;  // any shape -> same shape
};

}  // namespace ganflow
