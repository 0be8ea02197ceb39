// Rewrites: Program -> Program, same results up to rounding, fewer and larger operations.
#pragma once

#include "engine/program/program.h"

namespace ganflow {

struct RewriteOptions {
  bool stack = true;  // join products that share an operand by rows, sums of A^T B by depth
  // Refuse a stacking that lengthens the longest chain of products and reductions. Right where
  // kernels run side by side; off, one thread saves a product.
  bool guard_critical_path = true;
};

// Dead code, stop erasure, local rules and common subexpressions, to a fixed point. Keeps the slots
// (inputs, variables, outputs) and the order of results. Only after the last gradient().
Program simplify(const Program& program);

// The four stacking rules (see stack.cpp), with simplify() between them.
Program stack(const Program& program, const RewriteOptions& options = {});

// Products of depth 1 become elementwise outer products, of width 1 a multiply and a sum.
Program thin(const Program& program);

// Products in the order of elements their kernels work on (Primitive::arranged).
Program arrange(const Program& program);

// simplify, stack, thin, arrange: what compile() runs first.
Program rewrite(const Program& program, const RewriteOptions& options = {});

// The nodes that lead to a result, in order; everything else dropped. Slots are kept.
Program without_dead_code(const Program& program);

}  // namespace ganflow
