// Two spheres whose centres' distance follows a Normal law (TH-39, thesis 6.3): what depends on
// what in an image, known exactly.
#pragma once

#include <memory>

#include "engine/graph/host.h"
#include "ops/sources/spheres.h"

namespace ganflow {

// Output (N, P) as that of Spheres, endless and independent. The distance is drawn from
// Normal(mean, std^2), in pixels, and becomes the nearest one that pairs of the set have; the pair
// is any of that distance. open() throws Error(usage) for one sphere in an image, a part of the
// set, std <= 0, and a mean that no pair of the set has the distance of.
struct DistantSpheres {
  Spheres spheres = {};  // count 2
  double mean = 12;      // pixels
  double std = 1.5;      // pixels

  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
