// BEGAN (Berthelot et al. 2017, section 3.4): the critic is an autoencoder A, and what both players
// argue about is how well it restores a sample, L(v) = mean |v - A(v)|:
//
//   Reconstruction        L(v), the generator's loss on its samples
//   BoundaryEquilibrium   L(x) - k L(G), the critic's;
//                         k <- min(1, max(0, k + rate (gamma L(x) - L(G)))), 0 at first
//
// SG-19, SG-21.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Reconstruction {
  Value operator()(Formula& f, Value v, Value restored) const;  // equal shapes -> ()
};

struct BoundaryEquilibrium {
  Scalar gamma = 0.5;  // L(G) over L(x) where both are level, in [0, 1]: diversity
  Scalar rate = 1e-3;  // of k, >= 0

  // The samples and what A makes of them -> (). State "<node>/k". Columns "<node>.k", as the step
  // begins, and "<node>.convergence", L(x) + |gamma L(x) - L(G)|.
  Value operator()(Formula& f, Value real, Value restored_real, Value fake,
                   Value restored_fake) const;
};

}  // namespace ganflow
