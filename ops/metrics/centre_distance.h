// How far apart the two spheres of generated images are, beside the Normal law that the data has
// (TH-39, thesis 6.3): whether a generator learns what depends on what.
#pragma once

#include <memory>

#include "engine/graph/host.h"
#include "ops/sources/distant_spheres.h"

namespace ganflow {

// Measures images (n, side * side) in [0, 1]. Columns:
//   mean, std  of the distance of the detected centres, pixels
//   ks         Kolmogorov's distance of its distribution from Normal(mean, std^2) of the data,
//              0 .. 1; of real images below 0.03, since distances are those of pixels
//   n          images measured
// `k` as for SphereQuality. open() throws Error(usage) for what DistantSpheres refuses.
struct CentreDistance {
  DistantSpheres data = {};
  Scalar k = 0.0;         // sharpness, -1 .. 0
  Extent samples = 2000;  // images, from 1

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
