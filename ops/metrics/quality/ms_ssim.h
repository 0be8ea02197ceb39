// Multi-scale structural similarity of two images (SG-12; Wang, Simoncelli, Bovik 2003), in [0, 1],
// 1 for equal images. Of scale s = 1 .. S, each half the size of the one before, in windows of
// Gaussian weights that lie inside the image, L the range of a pixel:
//
//   c = (2 cov(x, y) + C2) / (var x + var y + C2)              C2 = (0.03 L)^2
//   l = (2 mean x mean y + C1) / (mean x^2 + mean y^2 + C1)    C1 = (0.01 L)^2
//   MS-SSIM = prod_{s < S} mean(c_s)^{w_s} * mean(l_S c_S)^{w_S}
//
// w = .0448 .2856 .3001 .2363 .1333, means over the windows, negative ones taken as 0, then the
// mean over the channels. Wang's windows of 11 pixels and sigma 1.5 at 5 scales need 161 pixels;
// images of 28 to 64 follow the window rule (R-09; pytorch-msssim issues 13 and 28 ask for one).
#pragma once

#include <string>
#include <vector>

#include "engine/graph/picture.h"

namespace ganflow {

enum class WindowRule : std::uint8_t {
  shrink,  // 5 scales; the window is min(11, side) of each scale, sigma 1.5 window / 11
  fixed,   // window 11 at as many of the 5 scales as are that large; the weights of fewer than 5
           // are divided by their sum
};

class MsSsim {
 public:
  // Of images (C,H,W) or flat, C H W numbers. Throws Error(usage) for points, and for images below
  // 11 pixels under WindowRule::fixed.
  explicit MsSsim(const Picture& picture, WindowRule rule = WindowRule::shrink);

  // What does not depend on the other image.
  struct Scale {
    std::vector<double> pixels;          // (C,H,W) of the scale
    std::vector<double> mean, variance;  // (C, windows)
  };
  using Image = std::vector<Scale>;
  Image prepare(const float* pixels) const;

  // Symmetric. nan if a pixel is not finite.
  double operator()(const Image& x, const Image& y) const;

  // "5 scales, window min(11, side)": stands with every value.
  std::string rule() const;
  Extent elements() const { return channels_ * scales_[0].height * scales_[0].width; }

 private:
  struct Size {
    Extent height = 0, width = 0;
    std::vector<double> window;  // 1-D, its sum is 1
    double weight = 0;
    Extent rows() const { return height - static_cast<Extent>(window.size()) + 1; }
    Extent columns() const { return width - static_cast<Extent>(window.size()) + 1; }
  };
  // Means of products x y in all windows of a plane.
  static void window_means(const Size& size, const double* x, const double* y, double* means);
  static void window_means(const Size& size, const double* x, double* means);

  Extent channels_;
  WindowRule rule_;
  double c1_, c2_;
  std::vector<Size> scales_;
};

}  // namespace ganflow
