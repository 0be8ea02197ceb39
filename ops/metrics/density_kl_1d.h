// How far one-dimensional samples are from a known Gaussian (TH Exp 1: TH-30).
#pragma once

#include <memory>

#include "engine/graph/host.h"

namespace ganflow {

// Measures samples (n, 1). Columns:
//   kl        KL(q||p) in nat, p = Normal(mean, std^2), q the Parzen density of the samples with a
//             Gaussian kernel of Scott's width s n^(-1/5); infinite if all samples are equal, nan
//             if one is not finite
//   kl_floor  the same of as many draws from p, the mean over 4 fixed draws
//   mean, std of the samples
//   js        JS(p,q) of the same densities; log 2 if all samples are equal
//   critic_loss  2 log 2 - 2 js: the loss of the best critic, to see the actual one beside (TH-17)
//   n         samples measured
// open() throws Error(usage) unless std > 0 and samples >= 2.
struct DensityKl1d {
  double mean = -0.6;
  double std = 1.0;
  Extent samples = 10000;

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
