// Whether two kernels can be one: how their members line up.
#pragma once

#include <optional>
#include <vector>

#include "engine/kernels/group.h"

namespace ganflow::kernels {

struct KernelEdge {
  ValueId from, to;
  Shape shape;      // of the operand
  Reading reading;  // of `from`
  bool opaque;      // through a place, or into a product or single: never inside a kernel
};

// Every computed operand of a computed node.
std::vector<KernelEdge> kernel_edges(const Classified& classified);

// The kernel of both, if every edge from a to b may lie inside one. `between` are all of them.
std::optional<FusedKernel> join_kernels(const Classified& classified, const FusedKernel& a,
                                        const FusedKernel& b,
                                        const std::vector<const KernelEdge*>& between);

// The kernel of both, of which each works on one number.
std::optional<FusedKernel> join_numbers(const Classified& classified, const FusedKernel& a,
                                        const FusedKernel& b);

}  // namespace ganflow::kernels
