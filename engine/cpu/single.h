// Kernels of one node each: what a primitive brings by itself.
#pragma once

#include "engine/cpu/call.h"

namespace ganflow::cpu {

// Runs the primitive's fast kernel on dense tensors. Throws Error(usage) if it has none.
Call single_call(const Node& node, std::vector<TensorType> input_types, std::vector<Place> inputs,
                 Place output, Precision precision);

}  // namespace ganflow::cpu
