// Our own products as text: one tile of the result a block, what follows elementwise in its store.
#pragma once

#include "engine/cuda/body.h"
#include "engine/cuda/table.h"
#include "engine/kernels/launches.h"

namespace ganflow::cuda {

// a: the blocks of rows of the first operand, one behind the other; b: the second, dense. `tape`
// follows the product; without stages the result goes to `output`.
// Throws Error(usage) naming a primitive whose formula has no text.
Body product_text(const ProductSizes& sizes, const std::vector<OperandRows>& a, const Place& b,
                  const Tape& tape, const Place& output);

}  // namespace ganflow::cuda
