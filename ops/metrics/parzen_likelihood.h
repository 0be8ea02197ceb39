// Log-likelihood of real points under the Parzen window of generated ones (TH-03, TH 2.10, 2.11;
// Goodfellow et al. 2014, 5).
//
//   p_h(x) = mean over samples s of N(x; s, h^2 I)      mean over real points of log p_h(x)
#pragma once

#include <memory>

#include "engine/graph/host.h"

namespace ganflow {

// Measures rows (n, ...) of F elements. Columns:
//   log_likelihood        in nat, of the real points; nan if a sample is not finite
//   log_likelihood_real   the same under as many further real points, what a perfect generator gets
//   n                     samples of the window
// open() throws Error(usage) without a source, for a width that is not above 0 and for samples or
// points below 1.
struct ParzenLikelihood {
  std::shared_ptr<const Source> real = nullptr;
  double width = 0.2;     // h, in units of the data
  Extent samples = 1000;  // of the window
  Extent points = 1000;   // real ones, drawn once

  std::shared_ptr<const Metric> open() const;
};

// The mean over points (m, F) of log p_h, the window of samples (n, F); n, m >= 1.
double parzen_log_likelihood(std::span<const float> samples, std::span<const float> points,
                             Extent elements, double width);

}  // namespace ganflow
