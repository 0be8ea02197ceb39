// Probabilities of classes from a classifier's logits, in double precision.
#pragma once

#include <vector>

#include "ops/metrics/quality/feature_rows.h"

namespace ganflow {

struct ClassProbabilities {
  std::vector<double> p, log_p;  // (classes): p = exp(log_p)
};
// log p(y) = x_y - m - log sum_c exp(x_c - m), m the greatest of the x. Throws Error(usage) for a
// row without classes or with a logit that is not finite.
ClassProbabilities class_probabilities(const FeatureRows& logits, Extent row);

}  // namespace ganflow
