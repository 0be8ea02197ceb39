// The general form of adversarial losses (MU eq. 1, row MU-13): for a concave f,
//
//   critic     -mean f(D(x)) - mean f(-D(G(z)))
//   generator   mean f(-D(G(z)))
//
// f(t) = t is the Wasserstein loss, f(t) = -softplus(-t) the minimax GAN. To be minimized.
#pragma once

#include "engine/graph/formula.h"
#include "ops/layers/activations.h"

namespace ganflow {

struct Concave {
  Activation f;  // elementwise, concave; default: identity

  Value operator()(Formula& formula, Value d_real, Value d_fake) const;  // (N,1), (N,1) -> ()
};

struct ConcaveGenerator {
  Activation f;

  Value operator()(Formula& formula, Value d_fake) const;  // (N,1) -> ()
};

}  // namespace ganflow
