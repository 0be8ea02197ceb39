// Sets of axes as bits: bit i is axis i.
#pragma once

#include <array>
#include <span>

#include "ops/primitives/strided.h"

namespace ganflow {

inline bool has(std::int64_t mask, int axis) { return mask >> axis & 1; }

// The axes of `shape` in `mask`, or those not in it.
inline Shape axes_of(const Shape& shape, std::int64_t mask, bool in) {
  std::array<Extent, Shape::kMaxRank> extents{};
  std::size_t n = 0;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (has(mask, axis) == in) extents[n++] = shape[axis];
  return Shape(std::span<const Extent>(extents.data(), n));
}

inline Strides strides_of(const Shape& shape, std::int64_t mask, bool in) {
  const Strides dense = dense_reading(shape).steps;
  Strides strides{};
  for (int axis = 0, i = 0; axis < shape.rank(); ++axis)
    if (has(mask, axis) == in) strides[i++] = dense[axis];
  return strides;
}

// Numbers the axes outside `gone` anew, from 0; spread() is the inverse.
inline std::int64_t without(std::int64_t mask, std::int64_t gone) {
  std::int64_t result = 0;
  for (int axis = 0, i = 0; axis < Shape::kMaxRank; ++axis)
    if (!has(gone, axis)) result |= (mask >> axis & 1) << i++;
  return result;
}
inline std::int64_t spread(std::int64_t mask, std::int64_t gone) {
  std::int64_t result = 0;
  for (int axis = 0, i = 0; axis < Shape::kMaxRank; ++axis)
    if (!has(gone, axis)) result |= (mask >> i++ & 1) << axis;
  return result;
}

inline Extent elements_of(const Shape& shape, std::int64_t mask) {
  return axes_of(shape, mask, true).elements();
}

}  // namespace ganflow
