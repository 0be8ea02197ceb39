// KID: the squared maximum mean discrepancy of two sets of features under a polynomial kernel
// (Binkowski et al. 2018, unbiased estimate of Gretton et al. 2012, lemma 6):
//
//   k(x, y) = (x . y / d + 1)^3                                  d features
//   MMD^2 = sum_{i != j} [k(g_i, g_j) + k(r_i, r_j)] / (m (m - 1)) - 2 sum_{i, j} k(g_i, r_j) / m^2
//
// over subsets of m rows of each set, drawn without replacement: mean and deviation of the subsets.
// Its expectation is 0 for equal distributions, so a value may be negative.
#pragma once

#include <cstdint>

#include "ops/metrics/quality/feature_rows.h"
#include "ops/metrics/quality/mean_deviation.h"

namespace ganflow {

struct KernelDistanceOptions {
  int subsets = 100;   // >= 1
  Extent size = 1000;  // m, in 2 .. rows of the smaller set
  std::uint64_t seed = 0;
};

// Throws Error(usage) for widths that differ and options out of range.
MeanDeviation kernel_distance(const FeatureRows& generated, const FeatureRows& real,
                              const KernelDistanceOptions& options = {});

// MMD^2 of all rows of two sets of equal size >= 2: one subset.
double squared_discrepancy(const FeatureRows& generated, const FeatureRows& real);

}  // namespace ganflow
