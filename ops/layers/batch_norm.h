// Batch normalisation (Ioffe and Szegedy 2015) over every axis but the channels (axis 1):
//
//   y = scale (x - m) / sqrt(v + eps) + shift
//
// Training: m and v = E (x - m)^2 are those of the batch, and the standing statistics follow them,
//   s <- momentum s + (1 - momentum) statistic
// Evaluation and sampling: the standing statistics. GU-07; before or after the activation as the
// list of layers says. Couples the samples of a batch: a gradient penalty refuses a critic
// with it (GU-20).
#pragma once

#include "ops/layers/normalize.h"

namespace ganflow {

struct BatchNorm {
  static constexpr const char* kKind = "norm";
  double momentum = 0.9;  // in [0, 1)
  double eps = 1e-5;      // > 0
  NormInit init = {};

  // x (N,C) or (N,C,...). Parameters "scale", "shift", state "mean", "variance", each (C).
  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
