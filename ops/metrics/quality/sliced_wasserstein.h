// Sliced Wasserstein distance of two sets of rows, pixels as they are: no extractor (Rabin et al.
// 2011; Bonneel et al. 2015).
//
//   SW2(x, y)^2 = mean over directions t of  1/n sum_i (a_(i) - b_(i))^2,   a = x t, b = y t,
//   sorted
//
// of n rows each and unit directions t: exact in one dimension, in the units of an element. A shift
// of all rows by v in d dimensions is about |v| / sqrt(d).
#pragma once

#include <cstdint>
#include <vector>

#include "ops/metrics/quality/feature_rows.h"

namespace ganflow {

// (count, width): rows of length 1, uniform on the sphere; a pure function of the seed.
std::vector<float> random_directions(Extent count, Extent width, std::uint64_t seed);

// Real rows that others are measured against: their projections are sorted once.
class SlicedWassersteinReference {
 public:
  // directions (count, width), count >= 1. Throws Error(usage) for a set without rows.
  SlicedWassersteinReference(const FeatureRows& real, std::vector<float> directions);

  // Throws Error(usage) for another width and another number of rows. nan if one is not finite.
  double distance(const FeatureRows& generated) const;

 private:
  std::vector<double> sorted(const FeatureRows& rows) const;  // (directions, n)

  Extent n_, width_, count_;
  std::vector<float> directions_;
  std::vector<double> real_;
};

}  // namespace ganflow
