// RMSProp:
//
//   s <- alpha s + (1 - alpha) g^2
//   theta <- theta - lr g / (sqrt(s) + eps)       eps outside the root: PyTorch, the default
//   theta <- theta - lr g / sqrt(s + eps)         eps inside: TensorFlow
#pragma once

#include <string>

#include "ops/optimizers/weight_decay.h"

namespace ganflow {

struct RmsProp {
  Scalar lr = 1e-3;     // >= 0, may follow a schedule
  double alpha = 0.99;  // in [0, 1)
  double eps = 1e-8;    // > 0
  bool eps_inside = false;
  std::optional<Scalar> l2 = {};
  bool l2_weights_only = false;

  // The constants of TensorFlow 1 (preset rmsprop.tf).
  static RmsProp tf(Scalar lr = 1e-3) {
    return {.lr = std::move(lr), .alpha = 0.9, .eps = 1e-10, .eps_inside = true};
  }

  // State "<name>/square_avg".
  Value operator()(Formula& f, const std::string& name, Value parameter, Value gradient) const;
};

}  // namespace ganflow
