// Images in programs: formulas say (N,C,H,W), kernels work on (N,H,W,C). The convolutions bring
// permutations in when a program is compiled; whatever else works on images takes them up here, so
// that between two convolutions none is left.
#pragma once

#include <vector>

#include "engine/program/value.h"

namespace ganflow {

Value to_channels_last(Value x);    // (N,C,H,W) -> (N,H,W,C)
Value from_channels_last(Value x);  // (N,H,W,C) -> (N,C,H,W)

// The operand of a from_channels_last, if it is one.
std::optional<ValueId> channels_last_of(const Builder& builder, ValueId id);

// (N,C H W) -> (N,H,W,C): what the convolutions make of the reshape of a row to (C,H,W).
Value flat_to_channels_last(Value x, Extent channels, Extent height, Extent width);

// ints = (C, H, W).
const Primitive& flat_to_channels_last_primitive();

// Elementwise values (N,C H W) of one number a row and one row for all, as images (N,H,W,C); `to`
// is (N,C,H,W). Absent: it is made of something else.
std::optional<ValueId> spread_to_channels_last(Builder& builder, ValueId id, const Shape& to);

// Windows of factor x factor pixels side by side in x (N,H,W,C): the first pixels of all, the
// second ones, ... as images (N,H / factor,W / factor,C). Readings of x: where windows are small, a
// pool is an elementwise function of them.
std::vector<Value> window_parts(Value x, Extent factor);
constexpr Extent kReadWindow = 4;  // the largest factor that is worth it

// f of images that are all (or, one at least, the others constant) stored channels last, as
// from_channels_last of f with ints[7] set. Absent where nothing is.
std::optional<ValueId> in_channels_last(Builder& builder, const Primitive& f,
                                        std::span<const ValueId> inputs, const Attributes& a);

}  // namespace ganflow
