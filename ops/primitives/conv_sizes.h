// The extents of a convolution, whichever of the three it is and however its tensors are laid out.
#pragma once

#include <span>

#include "engine/program/primitive.h"

namespace ganflow {

enum class ConvKind { forward, input, filter };

struct ConvSizes {
  Extent n, c, h, w;  // images
  Extent o, r, s;     // kernels
  Extent p, q;        // results
  Extent stride, top, bottom, left, right;
  bool channels_last, kernels_last;

  double multiply_adds() const {
    return static_cast<double>(n * p * q) * static_cast<double>(o * c * r * s);
  }
};

// Bits of ints[7] of a convolution: images are (N,H,W,C), kernels (O,R,S,C).
constexpr std::int64_t kImagesLast = 1, kKernelsLast = 2;

// Positions of the axes of an image in its shape; of (C,R,S) in that of the kernels.
struct ImageAxes {
  int c, h, w;
};
ImageAxes image_axes(bool channels_last);

// Places of a kernel on an image and its padding along one axis.
Extent windows(Extent extent, Extent padding, Extent kernel, Extent stride);

// Of checked operands.
ConvSizes conv_sizes(ConvKind kind, Types inputs, const Attributes& a);

}  // namespace ganflow
