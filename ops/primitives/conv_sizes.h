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
  bool channels_last;

  double multiply_adds() const {
    return static_cast<double>(n * p * q) * static_cast<double>(o * c * r * s);
  }
};

// Of checked operands.
ConvSizes conv_sizes(ConvKind kind, Types inputs, const Attributes& a);

}  // namespace ganflow
