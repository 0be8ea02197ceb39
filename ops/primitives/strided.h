// Plain loops over tensors whose axes are visited in another order, or repeatedly.
#pragma once

#include <array>

#include "engine/program/authoring.h"
#include "engine/program/views.h"
#include "engine/tensor/shape.h"

namespace ganflow {

using Strides = std::array<Extent, Shape::kMaxRank>;  // elements between neighbours of each axis

// f(offset) for every index of `shape` in row-major order, offset = sum index * stride.
template <class F>
void for_each_offset(const Shape& shape, const Strides& strides, F f) {
  Strides index{};
  Extent offset = 0;
  for (Extent n = shape.elements(); n > 0; --n) {
    f(offset);
    for (int axis = shape.rank(); axis-- > 0;) {
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

// The result of a move: its element at an index is the operand's at that index times `strides`.
template <class T>
void copy_strided(const KernelCall& call, const Strides& strides) {
  by_element<T>(call.node->type.dtype, [&](auto zero) {
    using E = decltype(zero);
    E* y = result<E>(call);
    const E* x = operand<E>(call, 0);
    for_each_offset(call.node->shape(), strides, [&](Extent at) { *y++ = x[at]; });
  });
}

}  // namespace ganflow
