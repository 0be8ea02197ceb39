// Adam (Kingma and Ba 2015), as in PyTorch:
//
//   m <- beta1 m + (1 - beta1) g      c1 <- beta1 c1 + (1 - beta1)     (= 1 - beta1^t)
//   v <- beta2 v + (1 - beta2) g^2    c2 <- beta2 c2 + (1 - beta2)     (= 1 - beta2^t)
//   theta <- theta - lr (m / c1) / (sqrt(v / c2) + eps)
//
// The bias corrections are running averages of 1, so they round as m and v do and need no power.
#pragma once

#include <string>

#include "ops/optimizers/weight_decay.h"

namespace ganflow {

struct Adam {
  Scalar lr = 1e-3;      // >= 0, may follow a schedule
  double beta1 = 0.9;    // in [0, 1); GANs: 0 or 0.5 (GU-18, SG-06, MU-09)
  double beta2 = 0.999;  // in [0, 1); GANs: 0.9
  double eps = 1e-8;     // > 0
  std::optional<Scalar> l2 = {};
  bool l2_weights_only = false;

  // State "<name>/avg", "<name>/square_avg" of the parameter's shape, "<name>/avg_weight" and
  // "<name>/square_avg_weight" of shape ().
  Value operator()(Formula& f, const std::string& name, Value parameter, Value gradient) const;
};

}  // namespace ganflow
