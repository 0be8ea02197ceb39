// Convolutions by plain loops over the elements of the result, kept for ever: the oracle. Every
// element is one sum, accumulated in double whatever the element type: its error is that of one
// rounding.
#pragma once

#include "ops/primitives/conv_sizes.h"

namespace ganflow {

KernelPair conv_reference(ConvKind kind);

}  // namespace ganflow
