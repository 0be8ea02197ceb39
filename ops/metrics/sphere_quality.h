// Diversity and quality of generated spheres (TH 3.2, 3.3; ).
#pragma once

#include <memory>

#include "engine/graph/host.h"
#include "ops/sources/spheres.h"

namespace ganflow {

// Measures images (n, side * side) in [0, 1]. Columns:
//   kl                KL(q||p) in nat of the detected centres, Parzen estimate (centre_kl.h)
//   kl_floor          the same estimate of as many real images: what a perfect generator gets
//   kl_hist           plug-in estimate from counts, less its bias
//   rmse              mean over images of sqrt(mean over pixels of (image - I)^2), I the set's
//                     rendering at the detected centres
//   outside_fraction  share of images whose detected centres belong to no image of the set
//   n                 images measured
// `k` follows the sharpness schedule of training: template and I are sharpened by it; 0 is the
// set's own rendering, -1 the sharpest. open() throws Error(usage) for options out of range.
struct SphereQuality {
  Spheres spheres = {};     // the set; its subset, images and order do not matter
  Scalar k = 0.0;           // sharpness, -1 .. 0
  Extent samples = 10000;   // images, from 1
  double bandwidth = 1.0;   // pixels, std of the Parzen kernel, > 0
  double step = 0.1;        // pixels, interval of the grid of one sphere, (0, 1]
  Extent centres = 0;       // images whose centres are kept as rows "centres" (x, y), with a plot
                            // of them (TH Fig. 5.6); 0: none, at most `samples`
  bool renormalise = true;  // undo the kernel mass lost over the border; else the KL of perfect
                            // samples is about -0.06

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
