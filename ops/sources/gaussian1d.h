// One-dimensional Gaussian data (TH Exp 1, Table 5.1: mean -0.6, std 1).
#pragma once

#include <memory>

#include "engine/graph/host.h"

namespace ganflow {

// Output (N, 1) ~ Normal(mean, std^2), endless. std > 0, otherwise open() throws Error(usage).
struct Gaussian1d {
  double mean = -0.6;
  double std = 1.0;

  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
