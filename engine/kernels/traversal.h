// How a kernel walks a tensor: element e of it is visited with element e + shift of the domain (or
// of the kept values), in a stage of the kernel. What is walked in step may share memory.
#pragma once

#include "engine/kernels/group.h"

namespace ganflow::kernels {

struct Traversal {
  bool aligned = false;  // false: in an order of its own, possibly several times
  Level level = Level::element;
  Extent shift = 0;
  int stage = 0;
};
// Of a tensor whose element 0 lies where element `by` of the walked one does.
inline Traversal shifted(Traversal traversal, Extent by) {
  traversal.shift += by;
  return traversal;
}

// `operand` of the kernel's member `reader`.
Traversal read_traversal(const Classified& classified, const FusedKernel& kernel,
                         const Member& reader, const Operand& operand);
// A value that the kernel stores.
Traversal write_traversal(const FusedKernel& kernel, ValueId id);

// In one kernel, what `from` reads may be overwritten by what `to` writes, each lying at the given
// byte addresses.
bool in_step(const Traversal& from, const Traversal& to, std::ptrdiff_t from_at,
             std::ptrdiff_t to_at, std::size_t element_bytes);

}  // namespace ganflow::kernels
