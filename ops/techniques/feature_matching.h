// Feature matching (LE-06; Salimans et al. 2016): the generator's loss on a layer f of the critic,
//
//   |E f(x) - E f(G(z))|^2      squared = false: the norm itself, sqrt(|.|^2 + 1e-12)
//
// The critic's loss stays what it is.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// The result of one layer of a network, as --plan lists it: Features{D, "block1/linear1"}.
struct Features {
  Network network;
  std::string layer;

  // x (N,...) -> (N,...). Fault::usage lists the layers if there is none of that name.
  Value operator()(Formula& f, Value x, Value condition = {}) const;
};

struct FeatureMatching {
  bool squared = true;

  Value operator()(Formula& f, Value real, Value fake) const;  // features (N,...) twice -> ()
};

}  // namespace ganflow
