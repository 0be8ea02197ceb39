// Stacking: products that share an operand join by rows, sums of A^T B join by depth.
#pragma once

#include "engine/program/program.h"

namespace ganflow {

struct StackOptions {
  // Refuse a stacking that lengthens the longest chain of products and reductions. Right where
  // kernels run side by side; off, one thread saves a product.
  bool guard_critical_path = true;
  bool operator==(const StackOptions&) const = default;
};

// The stacking rules (see stack.cpp), with simplify() between them.
Program stack(const Program& program, const StackOptions& options = {});

}  // namespace ganflow
