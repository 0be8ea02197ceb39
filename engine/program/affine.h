// a x + b and x + y: the arithmetic that gradient() and the rewrites build. The rest lives in
// ops/primitives.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

// y = a x + b. reals = (a, b).
const Primitive& affine_primitive();
const Primitive& add_primitive();

Value affine(Value x, double a, double b);
Value add(Value x, Value y);  // equal shapes

// A node as scale * base + offset: an affine node's parts, or (id, 1, 0).
struct AffineOf {
  ValueId base;
  double scale, offset;
};
AffineOf affine_of(const Builder& builder, ValueId id);

}  // namespace ganflow
