// The length of an objective's gradient, parameter by parameter: where gradients vanish or explode
// (GU-17).
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct GradientNorms {
  Network network;  // forwarded before

  // objective () -> (): |gradient| by all parameters. Taps that of each by its name, "0.w" of
  // "D/0/w". Run beside the step that minimizes the objective (Phase::also) it costs the sums
  // alone.
  Value operator()(Formula& f, Value objective) const;
};

}  // namespace ganflow
