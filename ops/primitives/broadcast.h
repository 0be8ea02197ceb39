// Repetition along inserted axes: the exact adjoint of a sum. No axis is ever stretched.
#pragma once

#include <initializer_list>
#include <string_view>

#include "engine/program/value.h"

namespace ganflow {

// Inserts axes of the given sizes at the given positions of the result:
// broadcast(x (P), {0}, {N}) -> (N,P).
Value broadcast(Value x, std::initializer_list<int> axes, std::initializer_list<Extent> sizes);
Value broadcast_rows(Value x, Value like);     // (N) -> like's shape (N,...), a number per row
Value broadcast_to(Value x, const Shape& to);  // () or a trailing part of `to`; repeated in front
Value broadcast_axes(Value x, std::int64_t axes, const Shape& to);  // bit i: axis i of `to` is new

// Broadcasts the one of x, y that is () or the other's trailing part; Error(usage) in `operation`'s
// name if neither is.
void align(std::string_view operation, Value& x, Value& y);

// ints[0] = bits of the inserted axes; the result's type by encode_type.
const Primitive& broadcast_primitive();

}  // namespace ganflow
