// Comparisons give masks (zero derivative); select(mask, a, b) = a where the mask is 1, else b, and
// passes nothing of the other side, not even NaN: a formula with cases uses select, never a product
// with a mask (0 * inf). Shapes combine as in arithmetic.h.
//
//   positive(x) = select(x > 0, x, 0): relu. x = 0 has the lower slope, 0 (as PyTorch).
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value greater(Value x, Value y);
Value greater(Value x, double b);
Value greater_equal(Value x, Value y);
Value greater_equal(Value x, double b);
Value equal(Value x, Value y);
Value equal(Value x, double b);
Value select(Value mask, Value x, Value y);  // x, y: the mask's shape, or spread to it
Value select(Value mask, Value x, double b);
Value select(Value mask, double a, Value y);
Value select(Value mask, double a, double b);
Value positive(Value x);

const Primitive& greater_primitive();
const Primitive& greater_equal_primitive();
const Primitive& equal_primitive();
const Primitive& select_primitive();

}  // namespace ganflow
