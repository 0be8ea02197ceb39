// Layer normalisation (Ba et al. 2016) of each sample by itself, over all its elements, with a
// scale and a shift for every channel:
//
//   y = scale (x - m_n) / sqrt(v_n + eps) + shift
//
// What a penalised critic takes instead of batch norm (GU-20).
#pragma once

#include "ops/layers/normalize.h"

namespace ganflow {

struct LayerNorm {
  static constexpr const char* kKind = "norm";
  double eps = 1e-5;  // > 0
  NormInit init = {};

  // x (N,C) or (N,C,...). Parameters "scale", "shift" (C).
  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
