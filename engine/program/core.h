// The few primitives the engine itself needs: leaves, constants, and what gradient() and the
// rewrites build. All others live in ops/primitives.
#pragma once

#include <span>

#include "engine/program/value.h"

namespace ganflow {

// ints[0] = slot. Types come from Program::inputs / Program::variables.
const Primitive& input_primitive();
const Primitive& variable_primitive();
// y = v everywhere. reals[0] = v, ints[0] = rank, ints[1..6] = extents.
const Primitive& full_primitive();
// y = a x + b. reals = (a, b).
const Primitive& affine_primitive();
const Primitive& add_primitive();
// concat along ints[0] of any number of operands with equal other extents.
const Primitive& concat_primitive();
// x[.., lo:hi, ..] along one axis. ints = (axis, lo, hi).
const Primitive& slice_primitive();
// slice's adjoint: zeros around x along one axis. ints = (axis, before, after).
const Primitive& pad_primitive();
// Identity with zero derivative; erased once no more differentiation follows.
const Primitive& stop_primitive();

Value input(Builder& builder, const std::string& name, TensorType type);     // appends a slot
Value variable(Builder& builder, const std::string& name, TensorType type);  // finds or appends
void output(Builder& builder, const std::string& name, Value value);
void assign(Builder& builder, Value variable, Value value);  // at the end of the step
Value full(Builder& builder, Shape shape, double value);
Value full_like(Value like, double value);
Value affine(Value x, double a, double b);
Value add(Value x, Value y);  // equal shapes
Value concat(std::span<const Value> parts, int axis = 0);
Value slice(Value x, int axis, Extent lo, Extent hi);
Value pad(Value x, int axis, Extent before, Extent after);
Value stop(Value x);

// A node as scale * base + offset: an affine node's parts, or (id, 1, 0).
struct AffineOf {
  ValueId base;
  double scale, offset;
};
AffineOf affine_of(const Builder& builder, ValueId id);

// v if the node is full (a literal constant).
std::optional<double> constant_of(const Builder& builder, ValueId id);

}  // namespace ganflow
