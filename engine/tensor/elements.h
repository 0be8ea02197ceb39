// Tensors as lists of doubles and as bytes of their element type: masks are 0 or 1, indices whole
// numbers.
#pragma once

#include <span>
#include <vector>

#include "engine/tensor/dtype.h"

namespace ganflow {

// `to` has from.size() elements of `type`.
void write_elements(std::byte* to, std::span<const double> from, DType type, Precision precision);
std::vector<double> read_elements(const std::byte* from, std::size_t elements, DType type,
                                  Precision precision);

}  // namespace ganflow
