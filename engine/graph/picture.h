// How generated rows are drawn: what a graph tells the sink with its samples.
#pragma once

#include <string>

#include "engine/tensor/shape.h"

namespace ganflow {

// H, W, C and the value range of a pixel; C = 0 for points, which are drawn as a scatter plot.
// `columns` images stand side by side, 0: as many as there are rows of images.
struct Picture {
  Extent height = 0, width = 0;  // pixels, from 1; of points nothing
  Extent channels = 1;           // 1, 3 or 0
  double lo = 0, hi = 1;         // lo < hi; of points also lo = hi: the range of what is drawn
  Extent columns = 0;            // from 0
  bool drawn = true;             // false: no picture at all, the numbers are kept as they are
};

// Refuses a picture that rows of this shape cannot be drawn as: an image is (C,H,W) or C H W
// numbers, a point 1 or 2 numbers; what is not drawn is any numbers. Throws Error(usage): "samples:
// the picture is ...".
void require_drawable(const std::string& samples, const Picture& picture, const Shape& row);

}  // namespace ganflow
