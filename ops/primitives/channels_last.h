// Images in programs: formulas say (N,C,H,W), kernels work on (N,H,W,C). The convolutions bring
// permutations in when a program is compiled; whatever else works on images takes them up here, so
// that between two convolutions none is left.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value to_channels_last(Value x);    // (N,C,H,W) -> (N,H,W,C)
Value from_channels_last(Value x);  // (N,H,W,C) -> (N,C,H,W)

// The operand of a from_channels_last, if it is one.
std::optional<ValueId> channels_last_of(const Builder& builder, ValueId id);

// f of images that are all (or, one at least, the others constant) stored channels last, as
// from_channels_last of f with ints[7] set. Absent where nothing is.
std::optional<ValueId> in_channels_last(Builder& builder, const Primitive& f,
                                        std::span<const ValueId> inputs, const Attributes& a);

}  // namespace ganflow
