// Slices: the frames of one path of latents, in order. How alike they are and how sharp the frames
// between the ends.
#pragma once

#include <span>

#include "ops/metrics/quality/mean_deviation.h"
#include "ops/metrics/quality/ms_ssim.h"

namespace ganflow {

// Sliced MS-SSIM (SG-13, R-08) of slices of n frames x_1 .. x_n: each slice's mean over pairs, then
// mean and deviation over the slices.
//   pairs     2 / (n (n - 1)) sum_{i < j} MS-SSIM(x_i, x_j)
//   adjacent  1 / (n - 1) sum_i MS-SSIM(x_i, x_{i+1})
struct SlicedMsSsim {
  MeanDeviation pairs, adjacent;
};
// images (slices * frames, C, H, W), frames >= 2. Throws Error(usage) for anything else.
SlicedMsSsim sliced_ms_ssim(const MsSsim& similarity, std::span<const float> images, Extent frames);

// Sharpness of an image: the variance of its Laplacian over all inner pixels and channels (Pech-
// Pacheco et al. 2000), L(i, j) = x(i-1, j) + x(i+1, j) + x(i, j-1) + x(i, j+1) - 4 x(i, j).
double sharpness(const Picture& picture, const float* pixels);

// SG-14 as a number: transitions that are mixtures of the ends are less sharp than the ends.
//   ends   mean sharpness of first and last frames
//   inner  mean sharpness of the others, divided by ends: 1 if all frames are alike, nan if there
//          are no others
struct SliceSharpness {
  double ends = 0, inner = 0;
};
// As sliced_ms_ssim, of images of at least 3 x 3 pixels.
SliceSharpness slice_sharpness(const Picture& picture, std::span<const float> images,
                               Extent frames);

}  // namespace ganflow
