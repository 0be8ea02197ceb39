// L2 regularisation: adds d/dtheta (l2 / 2) |theta|^2 to a gradient before the optimizer sees it
// (TH 2.19, 2.20, R-27; not decoupled decay).
#pragma once

#include <optional>

#include "engine/graph/formula.h"

namespace ganflow {

struct WeightDecay {
  // Strength l2 >= 0, may follow a schedule; absent: no such term in the program.
  std::optional<Scalar> l2;
  // Leaves out parameters of one axis (biases, scales of norms). R-27's fit decays all.
  bool weights_only = false;

  // gradient + l2 parameter
  Value operator()(Formula& f, Value parameter, Value gradient) const;
};

}  // namespace ganflow
