// The losses of the original GAN, from logits: D(x) = sigmoid(d) never appears, so that none of
// them overflows or loses its slope to rounding. To be minimized.
//
//   bce(d, t)     = t softplus(-d) + (1 - t) softplus(d)   = -t log D - (1 - t) log(1 - D)
//   Adversarial   mean bce(d_real, real_target) + mean bce(d_fake, fake_target)
//   Minimax       mean log(1 - D(G)) = -mean softplus(d_fake)    saturates where D(G) -> 0 (TH-19)
//   NonSaturating -mean log D(G)     =  mean softplus(-d_fake)
//
// TH 2.6, 2.7, R-24; GU-02, GU-10, GU-11.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// Critic. Label smoothing: one-sided (0.9, 0), two-sided (0.9, 0.1).
struct Adversarial {
  double real_target = 1;  // in [0, 1]
  double fake_target = 0;  // in [0, 1]
  // Noisy labels (GU-15, R-49): each sample's target is the other one with this probability, on
  // both halves of the batch.
  double flip = 0;  // in [0, 1]

  Value operator()(Formula& f, Value d_real, Value d_fake) const;  // (N,1), (N,1) -> ()
};

// Generator, slope -> 0 as D rejects its samples.
struct Minimax {
  Value operator()(Formula& f, Value d_fake) const;  // (N,1) -> ()
};

// Generator, slope -> -1 in the logit as D rejects its samples.
struct NonSaturating {
  Value operator()(Formula& f, Value d_fake) const;  // (N,1) -> ()
};

}  // namespace ganflow
