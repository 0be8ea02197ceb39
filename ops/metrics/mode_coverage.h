// Which modes of a mixture a generator found, and how cleanly (MU-09, TH-09).
#pragma once

#include <memory>

#include "engine/graph/host.h"

namespace ganflow {

enum class ToyMixture : std::uint8_t { gaussians2, gaussians3, gaussians8, gaussians25 };

// Measures points (n, 2), of gaussians2 and 3 (n, 1). Columns:
//   modes         modes covered: at least `covered` of their fair share n / modes lies within
//                 `within` std of them (and at least one point; covered = 0 is the one-point rule)
//   modes_hit     modes with at least one point within `within` std
//   share_inside  share of all points within `within` std of the nearest mode
//   n             points measured
// The std is that of the data per axis: 4 of them hold 0.99966 of it, 3 hold 0.98889. open() throws
// Error(usage) for options out of range.
struct ModeCoverage {
  ToyMixture set = ToyMixture::gaussians8;
  Extent samples = 10000;  // points, from 1
  double within = 4.0;     // std, > 0
  double covered = 0.05;   // of the fair share, 0 .. 1

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
