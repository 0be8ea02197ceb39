#include "engine/tensor/shape.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "engine/error.h"

namespace ganflow {

Shape::Shape(std::initializer_list<Extent> extents)
    : Shape(std::span<const Extent>(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const Extent> extents) : rank_(static_cast<int>(extents.size())) {
  if (rank_ > kMaxRank)
    fail(Fault::usage, "a shape has {} axes, the engine allows {}", rank_, kMaxRank);
  std::copy(extents.begin(), extents.end(), extents_.begin());
  for (Extent e : *this)
    if (e < 0) fail(Fault::usage, "shape {} has a negative extent", str());
  product(0);
}

Extent Shape::product(int first) const {
  Extent n = 1;
  for (int axis = first; axis < rank_; ++axis)
    if (extents_[axis] == 0) return 0;
  for (int axis = first; axis < rank_; ++axis)
    if (__builtin_mul_overflow(n, extents_[axis], &n) || n > kMostElements)
      fail(Fault::usage,
           "shape {} has more elements than the {} that a tensor can have: make it smaller", str(),
           kMostElements);
  return n;
}

Extent Shape::elements() const { return product(0); }
Extent Shape::row_elements() const { return product(1); }

Shape Shape::without(int axis) const {
  Shape s;
  for (int i = 0; i < rank_; ++i)
    if (i != axis) s.extents_[s.rank_++] = extents_[i];
  return s;
}

Shape Shape::with(int axis, Extent extent) const {
  if (rank_ == kMaxRank) fail(Fault::usage, "shape {} cannot take another axis", str());
  Shape s;
  for (int i = 0; i <= rank_; ++i) {
    if (i == axis) s.extents_[s.rank_++] = extent;
    if (i < rank_) s.extents_[s.rank_++] = extents_[i];
  }
  s.product(0);
  return s;
}

Shape Shape::with_rows(Extent rows) const {
  Shape s = *this;
  s.extents_[0] = rows;
  s.product(0);
  return s;
}

std::string Shape::str() const { return fmt::format("({})", fmt::join(begin(), end(), ",")); }

bool Shape::operator==(const Shape& other) const {
  return std::equal(begin(), end(), other.begin(), other.end());
}

}  // namespace ganflow
