// The rewrites that every program goes through before it is compiled: Program -> Program, same
// results up to rounding, fewer and larger operations. rewrites.md lists them.
#pragma once

#include "engine/rewrite/stack.h"

namespace ganflow {

struct RewriteOptions {
  bool stack = true;  // join products that share an operand by rows, sums of A^T B by depth
  StackOptions stacking;
  ImageOrder images = ImageOrder::channels_last;  // that the device's convolutions work on
};

// simplify, stack, thin, arrange.
Program rewrite(const Program& program, const RewriteOptions& options = {});

}  // namespace ganflow
