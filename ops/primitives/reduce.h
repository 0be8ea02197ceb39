// Sums over axes and their exact adjoint, broadcast along inserted axes. Axes count from 0.
#pragma once

#include <initializer_list>
#include <span>

#include "engine/program/value.h"

namespace ganflow {

Value sum(Value x);  // all elements: ()
Value sum(Value x, std::span<const int> axes);
Value sum(Value x, std::initializer_list<int> axes);  // these axes disappear; none: x
Value mean(Value x);
Value mean(Value x, std::initializer_list<int> axes);
Value row_sums(Value x);  // (N,...) -> (N): every axis but 0

// Inserts axes of the given sizes at the given positions of the result:
// broadcast(x (P), {0}, {N}) -> (N,P).
Value broadcast(Value x, std::initializer_list<int> axes, std::initializer_list<Extent> sizes);
Value broadcast_rows(Value x, Value like);     // (N) -> like's shape (N,...), a number per row
Value broadcast_to(Value x, const Shape& to);  // () or a trailing part of `to`; repeated in front

// Broadcasts the one of x, y that is () or the other's trailing part; Error(usage) in `operation`'s
// name if neither is.
void align(std::string_view operation, Value& x, Value& y);

// y = x summed over the axes whose bits are set in ints[0].
const Primitive& sum_primitive();
// ints[0] = bits of the inserted axes; the result's type by encode_type.
const Primitive& broadcast_primitive();

}  // namespace ganflow
