// How two sets of features cover each other, by balls around their rows whose radius reaches the
// k-th nearest other row of the same set:
//
//   precision  share of generated rows inside a ball of a real one      Kynkaanniemi et al. 2019
//   recall     share of real rows inside a ball of a generated one      the same
//   density    balls of real rows that a generated one lies in, mean,   Naeem et al. 2020
//              divided by k: 1 for equal distributions, may exceed it
//   coverage   share of real rows with a generated one in their ball    the same
//
// Distances are Euclidean. A row on the border is inside for precision and recall, outside for
// density and coverage, as in the papers.
#pragma once

#include <vector>

#include "ops/metrics/quality/feature_rows.h"

namespace ganflow {

struct NeighbourhoodOptions {
  int k = 3;          // >= 1: precision and recall
  int density_k = 5;  // >= 1: density and coverage
};

struct Neighbourhoods {
  double precision = 0, recall = 0, density = 0, coverage = 0;
};

// Real rows that others are measured against: their balls are found once. Time grows with the
// product of the numbers of rows, memory with their sum.
class NeighbourhoodReference {
 public:
  // A view: `real` must outlive it. Throws Error(usage) for no more rows than k or density_k, for
  // features that are not finite and for options out of range.
  explicit NeighbourhoodReference(const FeatureRows& real,
                                  const NeighbourhoodOptions& options = {});

  // Throws Error(usage) for another width and as above.
  Neighbourhoods measure(const FeatureRows& generated) const;

 private:
  FeatureRows real_;
  NeighbourhoodOptions options_;
  std::vector<double> norms_, radii_, density_radii_;  // squared, (n)
};

}  // namespace ganflow
