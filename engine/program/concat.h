// Blocks of a tensor along one axis: concat, slice, pad.
#pragma once

#include <initializer_list>
#include <span>

#include "engine/program/value.h"

namespace ganflow {

// concat along ints[0] of any number of operands with equal other extents.
const Primitive& concat_primitive();
// x[.., lo:hi, ..] along one axis. ints = (axis, lo, hi).
const Primitive& slice_primitive();
// slice's adjoint: zeros around x along one axis. ints = (axis, before, after).
const Primitive& pad_primitive();

Value concat(std::span<const Value> parts, int axis = 0);
inline Value concat(std::initializer_list<Value> parts, int axis = 0) {
  return concat(std::span<const Value>(parts.begin(), parts.size()), axis);
}
Value slice(Value x, int axis, Extent lo, Extent hi);
Value pad(Value x, int axis, Extent before, Extent after);

}  // namespace ganflow
