// Passes that put another value in a node's place where its primitive knows a better one.
#pragma once

#include "engine/program/program.h"

namespace ganflow {

// Products of depth 1 or 2 become elementwise outer products, of width 1 a multiply and a sum
// (Primitive::thin).
Program thin(const Program& program);

// Products in the order of elements that the device's kernels work on (Primitive::arranged).
Program arrange(const Program& program, ImageOrder order = ImageOrder::channels_last);

}  // namespace ganflow
