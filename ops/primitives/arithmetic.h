// Arithmetic of formulas: x + y, x - y, x * y, x / y, -x, square, max.
//
// Shapes: equal; or one of them (), which is spread over the other; or one is the other's trailing
// part, (P) with (N,P), which is repeated. Anything else is an Error(usage) that names both shapes;
// a factor per row, (N) with (N,P), is broadcast_rows() of reduce.h. The program itself knows equal
// shapes only: these functions insert the broadcasts.
//
// Ties: max(a, b) = a where they are equal, derivative included (PyTorch splits it).
// Literals become affine(x) = a x + b, never a tensor.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value operator+(Value x, Value y);
Value operator-(Value x, Value y);
Value operator*(Value x, Value y);
Value operator/(Value x, Value y);
Value operator+(Value x, double b);
Value operator+(double b, Value x);
Value operator-(Value x, double b);
Value operator-(double b, Value x);
Value operator*(Value x, double a);
Value operator*(double a, Value x);
Value operator/(Value x, double a);
Value operator/(double a, Value x);
Value operator-(Value x);
Value square(Value x);
Value max(Value x, Value y);
Value max(Value x, double b);

// Equal shapes of real tensors.
const Primitive& sub_primitive();
const Primitive& mul_primitive();
const Primitive& div_primitive();
const Primitive& max_primitive();

}  // namespace ganflow
