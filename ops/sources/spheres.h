// Artificial sphere images of TH 3.1 as a data source.
#pragma once

#include <memory>

#include "engine/graph/host.h"
#include "ops/sources/sphere_set.h"

namespace ganflow {

// Output (N, P) in [0, 1], P = side * side, rows of an image one after the other. Every epoch
// visits the images in another order and drops the last partial batch (permutation.h). `subset` or
// `images` keep a random part of the set, drawn without replacement from `subset_seed` alone, so
// all replicas share it. open() throws Error(usage) for a geometry that holds no image and for a
// part that is empty or larger than the set.
struct Spheres {
  int count = 1;                           // spheres per image, 1 or 2
  Extent side = 28;                        // pixels, 1..1024
  Extent radius = 4;                       // pixels, from 1
  SphereGrid grid = SphereGrid::by_count;  // where centres may lie
  bool sharp = false;                      // binary discs instead of smooth spheres
  double subset = 1.0;                     // kept fraction of the set, (0, 1]
  std::uint64_t images = 0;                // kept number of images, 0: as `subset` says
  std::uint64_t subset_seed = 0;           // which part is kept
  bool with_replacement = false;           // independent draws instead of epochs

  SphereShape shape = SphereShape::disc;  // or rectangle (TH-39)
  double aspect = 1;                      // of width to height, 1 .. 2 radius

  SphereGeometry geometry() const { return {count, side, radius, grid, sharp, shape, aspect}; }
  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
