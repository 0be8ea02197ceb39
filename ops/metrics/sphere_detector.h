// Where the spheres of an image are (TH 3.2, R-23) and how well they are drawn (TH 3.3, R-22).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "ops/metrics/template_correlation.h"
#include "ops/sources/sphere_set.h"

namespace ganflow {

struct Detection {
  Centres centres;  // any pixels of the image, also such that no image of the set has them
  double rmse;      // against the set's rendering at these centres
};

// One sphere: the pixel of greatest correlation with the template, zero beyond the border, the one
// nearest to the middle of equals. Two spheres: that pixel and the greatest one farther than
// 2 radius - 1 from it. For k <= -0.8 and on binary discs that is right on every real image; above,
// smooth spheres run together, so the pair that far apart with the least squared error is searched,
// downhill from there and from the ends of the image's longest axis. Thread-safe.
class SphereDetector {
 public:
  SphereDetector(const SphereSet& set, double k);
  // images (n, side * side), found (n).
  void detect(std::span<const float> images, std::span<Detection> found) const;

 private:
  Centre peak(std::span<const float> scores, const Centre* suppress) const;
  // One sphere suppresses all peaks this near.
  bool same_sphere(Centre a, Centre b) const { return squared_distance(a, b) <= reach2_; }
  // Where two spheres are that run together into one peak.
  Centres ends(const float* image) const;
  // Moves one centre at a time to a better neighbour until there is none. Returns the squared
  // error, infinite if no allowed pair was met.
  double descend(const float* image, Centres& pair) const;
  double squared_error(const float* image, const Centres& centres) const;

  SphereGeometry geometry_;
  SphereTemplate shape_;
  TemplateCorrelation correlation_;
  int reach2_;
  bool joint_;
};

}  // namespace ganflow
