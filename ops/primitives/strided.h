// Plain loops over tensors whose axes are visited in another order, or repeatedly.
#pragma once

#include <array>

#include "engine/tensor/shape.h"

namespace ganflow {

using Strides = std::array<Extent, Shape::kMaxRank>;  // elements between neighbours of each axis

inline Strides dense_strides(const Shape& shape) {
  Strides strides{};
  Extent stride = 1;
  for (int axis = shape.rank(); axis-- > 0; stride *= shape[axis]) strides[axis] = stride;
  return strides;
}

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

}  // namespace ganflow
