// Inception score of the classes that a classifier sees in generated samples (SG-10; Salimans et
// al. 2016):
//
//   IS = exp( mean_n KL(p(y|x_n) || p(y)) ),   p(y) = mean_n p(y|x_n)
//
// of each of `splits` parts of the rows: between 1 and the number of classes.
#pragma once

#include "ops/metrics/quality/feature_rows.h"
#include "ops/metrics/quality/mean_deviation.h"

namespace ganflow {

// `logits` (n, classes) before softmax, n >= splits >= 1. Part i holds the rows from i n / splits.
// Throws Error(usage) otherwise.
MeanDeviation inception_score(const FeatureRows& logits, int splits = 10);

}  // namespace ganflow
