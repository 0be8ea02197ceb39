// y = x w + b.
//
//   x (N,I), w (I,O), b (O) -> y (N,O)
#pragma once

#include "ops/layers/initializers.h"

namespace ganflow {

struct Linear {
  Extent in = 1;   // I >= 1
  Extent out = 1;  // O >= 1
  LayerInit init = init::torch();

  // Variables "w" and "b" in the current scope. Fault::usage if x has other than I features.
  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
