// Features of images by fixed random filters, where no extractor fits: the same for every run, so
// that a distance of features (kernel_distance.h) compares runs. Local structure at coarse places;
// they know no objects, and their values say nothing beside those of a trained extractor.
//
//   phi_{f,q}(x) = mean over the places p of cell q of max(0, sum_i w_{f,i} x_{p,i})
//
// with pixels in [-1, 1], `filters` windows w of 5 x 5 pixels and all channels, normal and scaled
// to length 1, and q the cells of a 4 x 4 grid over all places where a window fits.
#pragma once

#include <vector>

#include "engine/graph/picture.h"

namespace ganflow {

class RandomFeatures {
 public:
  // Of images (C,H,W) or flat, C H W numbers; window and grid are smaller if the image is. Throws
  // Error(usage) for points.
  explicit RandomFeatures(const Picture& picture);

  Extent width() const { return kFilters * cells_ * cells_; }
  // images (n, C, H, W) -> (n, width).
  std::vector<float> features(const float* images, Extent n) const;

 private:
  static constexpr Extent kFilters = 32;

  Picture picture_;
  Extent window_, cells_;
  std::vector<double> filters_;  // (filters, C window window)
};

}  // namespace ganflow
