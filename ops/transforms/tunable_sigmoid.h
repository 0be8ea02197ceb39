// Normalised tunable sigmoid: sharpens pixel values without moving 0, 0.5 and 1 (TH 4.2, TH-20).
//
//   f(x) = ((2x - 1) - k (2x - 1)) / (2 (k - 2k |2x - 1| + 1)) + 0.5
//
// k = 0 is the identity, k -> -1 a threshold at 0.5. Eq. 4.2 is 0/0 only at k = -1, x = 0.5:
// k is clamped to at least -0.99999.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct TunableSigmoid {
  Scalar k = 0;  // in [-1, 0], usually a schedule from 0 to -0.99999 (TH-34)

  Value operator()(Formula& f, Value x) const;  // x in [0, 1], any shape -> same shape, [0, 1]
};

}  // namespace ganflow
