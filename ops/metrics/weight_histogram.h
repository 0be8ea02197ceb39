// How the parameters of a network are distributed: clipped ones pile up at both bounds (GU-17).
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// With m = max |w| over all parameters, the bound of clipped ones once one of them reaches it.
struct WeightHistogram {
  Network network;  // forwarded before
  int bins = 10;    // 2 .. 100, of [-m, m]

  // -> (): share of parameters with |w| >= 0.95 m. Taps "largest" (m) and the shares "bin0" (the
  // lowest), "bin1", ...; of the parameters as the step began. Throws Error(usage) for other bins.
  Value operator()(Formula& f) const;
};

}  // namespace ganflow
