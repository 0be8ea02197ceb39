// The fast convolutions of the CPU: images channels last, in chunks of a few images.
//
// A convolution is a matrix product whose left operand is read where it lies: the taps of a pixel
// are rows of a padded image, each (kernel columns x channels) elements side by side. The right
// operand, the kernels, is packed into panels once per run. The input gradient is the same product
// for each residue of the pixel's position by the stride, with the kernels that meet it; where an
// image has few channels it is the transposed product, its columns added into the image. The
// filter gradient contracts pixels, chunk by chunk, every chunk's sum added to the total.
#pragma once

#include <memory>

#include "engine/cpu/tiled.h"
#include "engine/tensor/dtype.h"
#include "ops/primitives/conv_sizes.h"

namespace ganflow {

// Operands as those of the primitives; images channels last, kernels (O,C,R,S). Tiles are whole
// images, of the filter gradient whole kernels.
std::unique_ptr<const cpu::TiledProduct> tiled_conv(ConvKind kind, const ConvSizes& sizes,
                                                    Precision precision);

}  // namespace ganflow
