// Stochastic gradient descent with momentum (LE-01), as in PyTorch without dampening:
//
//   m <- momentum m + g;  theta <- theta - lr m
#pragma once

#include <string>

#include "ops/optimizers/weight_decay.h"

namespace ganflow {

struct Sgd {
  Scalar lr = 1e-2;     // >= 0, may follow a schedule
  double momentum = 0;  // in [0, 1); 0 keeps no state
  std::optional<Scalar> l2 = {};
  bool l2_weights_only = false;

  // State "<name>/momentum" if momentum is not 0.
  Value operator()(Formula& f, const std::string& name, Value parameter, Value gradient) const;
};

}  // namespace ganflow
