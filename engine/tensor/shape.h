// Extents of a dense row-major tensor. Axis 0 is the row axis (N, the batch) wherever there is one.
// A shape has at most kMostElements, whose bytes can be counted: larger ones throw Error(usage).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>

namespace ganflow {

using Extent = std::int64_t;

class Shape {
 public:
  static constexpr int kMaxRank = 6;
  static constexpr Extent kMostElements = std::numeric_limits<Extent>::max() / 8;  // of 8 bytes

  Shape() = default;  // a scalar: rank 0, one element
  Shape(std::initializer_list<Extent> extents);
  explicit Shape(std::span<const Extent> extents);

  int rank() const { return rank_; }
  Extent operator[](int axis) const { return extents_[axis]; }
  Extent& operator[](int axis) { return extents_[axis]; }  // checked when elements are counted
  Extent elements() const;                                 // product of the extents
  Extent rows() const { return rank_ ? extents_[0] : 1; }
  Extent row_elements() const;  // elements of one row (product of axes 1..)
  const Extent* begin() const { return extents_.data(); }
  const Extent* end() const { return extents_.data() + rank_; }

  Shape without(int axis) const;              // axis removed
  Shape with(int axis, Extent extent) const;  // axis inserted before `axis`
  Shape with_rows(Extent rows) const;         // axis 0 replaced
  std::string str() const;                    // "(64,784)"

  bool operator==(const Shape& other) const;

 private:
  Extent product(int first) const;  // of the extents from axis `first` on

  std::array<Extent, kMaxRank> extents_{};
  int rank_ = 0;
};

}  // namespace ganflow
