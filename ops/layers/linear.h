// y = x w + b.
//
//   x (N,I), w (I,O), b (O) -> y (N,O)
#pragma once

#include "ops/layers/weight.h"

namespace ganflow {

struct Linear {
  static constexpr const char* kKind = "linear";
  Extent in = 0;   // I; 0: as many features as x has
  Extent out = 1;  // O >= 1
  LayerInit init = init::torch();
  bool bias = true;
  WeightTransform weight = {};  // SpectralNorm{}

  // Variables "w" and "b" in the current scope. Fault::usage if x has other than I features.
  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
