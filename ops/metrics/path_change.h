// How evenly samples change along straight lines of latents (SG-14, R-08).
#pragma once

#include <memory>

#include "engine/graph/host.h"
#include "engine/graph/picture.h"

namespace ganflow {

// Measures frames x_0 .. x_{F-1} of each of `paths` paths, generated from the latents of Path
// (ops/transforms/path.h); |.| is Euclidean over all elements of a sample.
// Columns:
//   mean     mean of |x_{t+1} - x_t| over all neighbours of all paths
//   largest  the largest of them
//   ends     mean over the paths of |x_{F-1} - x_0|
// A straight line through the samples too would have mean = ends / (F - 1). Of images also
// (quality/image_slices.h), nan if a sample is not finite:
//   msssim            sliced MS-SSIM: mean over the paths of that of all pairs of frames
//   msssim_deviation  its deviation over the paths
//   msssim_adjacent   of neighbouring frames
//   sharpness         of the ends
//   sharpness_inner   of the other frames, divided by that of the ends; F >= 3
// open() throws Error(usage) for options out of range.
struct PathChange {
  Extent frames = 10;                 // F >= 2, as of Path
  Extent paths = 100;                 // >= 1
  Picture picture = {.channels = 0};  // of the samples, if they are images of at least 3 x 3 pixels

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
