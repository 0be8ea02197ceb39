// The same elements in another shape or order.
#pragma once

#include <initializer_list>
#include <span>

#include "engine/program/value.h"

namespace ganflow {

Value reshape(Value x, const Shape& shape);  // row-major order kept; as many elements
Value permute(Value x, std::span<const int> order);
Value permute(Value x, std::initializer_list<int> order);  // axis i of the result: axis order[i]
Value transpose(Value x);                                  // (M,N) -> (N,M)

// The result's type by encode_type.
const Primitive& reshape_primitive();
// ints[i] = the operand's axis that becomes axis i.
const Primitive& permute_primitive();

}  // namespace ganflow
