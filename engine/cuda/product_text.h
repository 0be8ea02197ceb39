// Our own products as text: one tile of the result a block, what follows elementwise in its store.
#pragma once

#include "engine/cuda/body.h"
#include "engine/cuda/table.h"

namespace ganflow::cuda {

// a, b: the dense operands. `tape` follows the product; without stages the result goes to `output`.
// Throws Error(usage) naming a primitive whose formula has no text.
Body product_text(const ProductSizes& sizes, const Place& a, const Place& b, const Tape& tape,
                  const Place& output);

}  // namespace ganflow::cuda
