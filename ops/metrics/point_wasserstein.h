// The exact Wasserstein distance of generated points to real ones (MU-09).
#pragma once

#include <memory>

#include "engine/graph/host.h"

namespace ganflow {

// Measures points (n, F) against n points of `real`, drawn once. Columns:
//   w1        mean Euclidean distance under the cheapest one-to-one assignment; nan if a point is
//             not finite
//   w1_floor  the same of as many further real points, the mean of 2 draws
//   n         points measured
// Time grows as n^3, memory as 8 n^2 bytes: half a second and 8 MB for 1,000 points; with F = 1
// neither. open() throws
// Error(usage) without a source, for a set of fewer than 3 `samples` items and for samples
// outside 1..5000.
struct PointWasserstein {
  std::shared_ptr<const Source> real = nullptr;  // Gaussians8{}.open()
  Extent samples = 1000;

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
