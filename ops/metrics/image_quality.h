// How good generated images are, without an extractor: their distance to real ones, and how alike
// they are among themselves.
#pragma once

#include <memory>
#include <string>

#include "engine/graph/host.h"
#include "engine/graph/picture.h"

namespace ganflow {

// Measures `samples` images against as many of `real`, a fixed draw. Columns:
//   swd           sliced Wasserstein distance of pixels, 512 fixed directions; quality/
//                 sliced_wasserstein.h
//   swd_floor     the same of a second draw of real images: what the best generator has
//   kid_random    squared discrepancy of fixed random features, unbiased: about 0 for the best
//                 generator; quality/random_features.h, kernel_distance.h
//   msssim        mean MS-SSIM of pairs of samples: near 1 if they are one image; quality/ms_ssim.h
//   msssim_real   the same of real images
//   n             images measured
// swd, kid_random and msssim are nan if a sample is not finite. open() throws Error(usage) without
// data, for data of another size than the picture and for samples out of range; a set of fewer
// than 2 `samples` items is measured with half of them.
struct ImageQuality {
  std::shared_ptr<const Source> real;
  std::string of = "the set";  // what columns' descriptions call the real images, "mnist"
  Picture picture;
  Extent samples = 1000;  // >= 4

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
