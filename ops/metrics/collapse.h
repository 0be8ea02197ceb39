// Stops a replica whose generator gives (nearly) one sample only.
#pragma once

#include <memory>
#include <span>

#include "engine/graph/host.h"

namespace ganflow {

// Measures generated samples (n, ...) against as many real ones, both flattened:
//   d(X) = mean of |x_i - x_j| over all pairs i < j, Euclidean
// Columns:
//   ratio     d(generated) / d(real)
//   distance  d(generated), in the units of the data
// A ratio below `least`, or one that is not a number, fails the replica like a loss that is not
// finite: it stops, and its last good checkpoint is the one before. The real ones are a fixed draw
// from the data as the set gives them, before sharpening or blur. open() throws Error(usage)
// without data, for options out of range and for data that are all equal.
struct Collapse {
  std::shared_ptr<const Source> real;
  double least = 0.1;    // of the real distance, in (0, 1)
  Extent samples = 256;  // from 2; fewer if the set is smaller

  std::shared_ptr<const Metric> open() const;
};

// d(X) of n rows of `axes` elements.
double mean_pair_distance(Extent n, Extent axes, std::span<const float> rows);

}  // namespace ganflow
