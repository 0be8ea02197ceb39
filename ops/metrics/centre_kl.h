// How far the distribution of detected centres is from the uniform one of the data: the diversity
// metric of TH 3.2 (TH-14, R-19, R-20).
#pragma once

#include <span>
#include <vector>

#include "ops/sources/sphere_set.h"

namespace ganflow {

struct CentreKlOptions {
  double bandwidth = 1.0;   // pixels, standard deviation of the Gaussian kernel
  double step = 0.1;        // pixels, interval of the evaluation grid of one sphere
  bool renormalise = true;  // give q the mass 1 on the grid that kernels leak over its border
};

// KL(q||p) in nat, p uniform over the whole set (also if training used a part of it, R-30).
// One sphere: q on cells of `step` pixels over the square of centres, each centre being one pixel
// wide. Two spheres: q on the pairs of the set only, in their order. Immutable.
class CentreKl {
 public:
  // Throws Error(usage) for a bandwidth or step out of range and for a two-sphere set of more than
  // 64 positions along an axis, whose table of pairs would not fit memory.
  CentreKl(const SphereSet& set, const CentreKlOptions& options);

  // Parzen estimate; centres outside the grid count at the nearest position of it.
  double parzen(std::span<const Centres> centres) const;
  // Plug-in estimate from counts less its bias (K - 1) / (2 n), K the size of the set, n the number
  // of centres that are members of it; nan if none is. Meaningful for n well above K only.
  double histogram(std::span<const Centres> centres) const;
  // What parzen() says of `samples` real images: the mean over 4 fixed draws.
  double floor(Extent samples) const;

 private:
  double one_sphere(std::span<const Centres> centres) const;
  double two_spheres(std::span<const Centres> centres) const;

  SphereSet set_;
  CentreKlOptions options_;
  Extent cells_ = 0;            // of the evaluation grid, along an axis
  std::vector<double> kernel_;  // one sphere: (cells, positions); two: (positions, positions)
};

}  // namespace ganflow
