// The leaves of a program, its results, and stop(): what tracing itself needs.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

// ints[0] = slot. Types come from Program::inputs / Program::variables.
const Primitive& input_primitive();
const Primitive& variable_primitive();
// y = v everywhere. reals[0] = v; the type is encode_type's: ints[1..7].
const Primitive& full_primitive();
// Identity with zero derivative; erased once no more differentiation follows.
const Primitive& stop_primitive();

Value input(Builder& builder, const std::string& name, TensorType type);     // appends a slot
Value variable(Builder& builder, const std::string& name, TensorType type);  // finds or appends
void output(Builder& builder, const std::string& name, Value value);
void assign(Builder& builder, Value variable, Value value);  // at the end of the step
Value full(Builder& builder, Shape shape, double value);
Value full_like(Value like, double value);
Value stop(Value x);

// v if the node is full (a literal constant).
std::optional<double> constant_of(const Builder& builder, ValueId id);

}  // namespace ganflow
