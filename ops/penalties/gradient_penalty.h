// Penalty on the critic's slope at points x_mu drawn from a measure.
//
//   lambda mean_n (|grad_x D(x_mu,n)|_2 - target)^2
//
// target 1: WGAN-GP (SG-04, GU-18, LE-15), |g| = sqrt(sum g^2 + 1e-12), so that g = 0 has a
// derivative. target 0: the simple penalty lambda mean |grad_x D|^2 of mu-WGAN (MU-01, MU-08), no
// root. lambda is the config of R-55: 10 for images, 0.1 for 2-D toys; in MU's ODE rho / 2.
#pragma once

#include "ops/penalties/measures.h"

namespace ganflow {

struct GradientPenalty {
  Network critic;      // (N,...) -> (N,1)
  Scalar lambda = 10;  // >= 0, may follow a schedule
  double target = 1;   // >= 0, structural
  Measure measure = measure::interpolated;
  // A critic in which the samples of a batch influence each other (batch norm, minibatch
  // discrimination) has no slope per sample and is refused by check() (GU-20), unless this forces
  // it: g is then the slope of the summed scores.
  bool coupled = false;

  // real, fake (N,...) of equal shapes -> (); a conditional critic takes its condition (N,K), which
  // is not differentiated by. Taps "gradient_norm" (N): |grad_x D(x_mu)|.
  Value operator()(Formula& f, Value real, Value fake, Value condition = {}) const;
};

}  // namespace ganflow
