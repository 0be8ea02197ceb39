// Wasserstein losses (TH 2.16-2.18, GU-16, R-43). To be minimized; the critic's value is minus the
// Wasserstein estimate (TH-38).
//
//   critic     mean D(G(z)) - mean D(x)
//   generator  -mean D(G(z))
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Wasserstein {
  // d_real, d_fake (N,1), any equal or unequal N -> ()
  Value operator()(Formula& f, Value d_real, Value d_fake) const;
};

struct WassersteinGenerator {
  Value operator()(Formula& f, Value d_fake) const;  // (N,1) -> ()
};

}  // namespace ganflow
