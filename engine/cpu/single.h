// Kernels of one node each: what a primitive brings by itself.
#pragma once

#include "engine/cpu/call.h"

namespace ganflow::cpu {

// Runs `node` on dense tensors: an elementwise loop tile by tile, else the primitive's fast kernel.
// Throws Error(usage) if the primitive has neither.
Call single_call(const Node& node, std::vector<TensorType> input_types, std::vector<Place> inputs,
                 Place output, Precision precision);

// Copies `bytes` bytes.
Call copy_call(Place from, Place to, std::size_t bytes);

}  // namespace ganflow::cpu
