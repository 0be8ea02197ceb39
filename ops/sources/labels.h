// Class numbers without a data set: what a conditional generator is asked for.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// (N), numbers 0 .. classes - 1. In training uniform draws, a function of (seed, node, step, row);
// in evaluation and sample grids row n is class floor(n / each) mod K, so that every class is
// shown.
struct Labels {
  Extent classes = 0;  // K, 1 to 65536
  Extent times = 1;    // >= 1: N is this many batches
  Extent each = 1;     // >= 1

  Value operator()(Formula& f) const;
};

}  // namespace ganflow
