#include "ops/primitives/maximum.h"

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/authoring.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/axes.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/ramp.h"

namespace ganflow {
namespace {

std::int64_t bit(int axis) { return std::int64_t{1} << axis; }

void require_one_axis(std::string_view name, Value x, int axis) {
  const TensorType type = x.type();
  require_axis(name, std::span(&type, 1), axis);
}

}  // namespace

// Halves until one is left, the middle of odd extents in both: log2 K elementwise operations.
Value maximum(Value x, int axis) {
  require_one_axis("maximum", x, axis);
  if (x.shape()[axis] < 1)
    fail(Fault::usage, "maximum: {} has no element along axis {}", x.shape().str(), axis);
  for (Extent n; (n = x.shape()[axis]) > 1;) {
    const Extent half = (n + 1) / 2;
    x = max(slice(x, axis, 0, half), slice(x, axis, n - half, n));
  }
  return reshape(x, axes_of(x.shape(), bit(axis), false));
}

Value argmax(Value x, int axis) {
  require_one_axis("argmax", x, axis);
  x = stop(x);
  const Shape shape = x.shape();
  const Extent k = shape[axis];
  const std::int64_t others = bit(shape.rank()) - 1 - bit(axis);
  const Value number = broadcast_axes(ramp(x.builder(), k), others, shape);
  const Value largest = broadcast_axes(maximum(x, axis), bit(axis), shape);
  return stop(-maximum(select(equal(x, largest), -number, full_like(x, -double(k))), axis));
}

}  // namespace ganflow
