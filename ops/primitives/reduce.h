// Sums over axes, counted from 0, and means.
#pragma once

#include <initializer_list>
#include <span>

#include "ops/primitives/broadcast.h"

namespace ganflow {

Value sum(Value x);  // all elements: ()
Value sum(Value x, std::span<const int> axes);
Value sum(Value x, std::initializer_list<int> axes);  // these axes disappear; none: x
Value mean(Value x);
Value mean(Value x, std::initializer_list<int> axes);
Value row_sums(Value x);                     // (N,...) -> (N): every axis but 0
Value sum_axes(Value x, std::int64_t axes);  // bit i: axis i

// y = x summed over the axes whose bits are set in ints[0].
const Primitive& sum_primitive();

}  // namespace ganflow
