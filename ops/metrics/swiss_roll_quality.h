// How well points follow the Swiss roll (MU-09).
#pragma once

#include <memory>

#include "engine/graph/host.h"
#include "ops/sources/swiss_roll.h"

namespace ganflow {

// Measures points (n, 2). Columns:
//   share_inside  share of points within `within` standard deviations of the noise of the curve:
//                 about 0.997 of the data for 3
//   covered       share of 50 equal parts of the curve (in u) that are nearest to at least a
//                 twentieth of their fair share of the points inside
//   n             points measured
// open() throws Error(usage) for options out of range.
struct SwissRollQuality {
  SwissRoll roll = {};     // noise > 0
  Extent samples = 10000;  // points, from 1
  double within = 3.0;     // standard deviations of the noise, > 0

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
