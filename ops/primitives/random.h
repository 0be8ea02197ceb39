// Random tensors: element i is a function of (seed of the replica, stream, step, i) by Philox
// (engine/tensor/philox.h), the same number in float32 and float64 before rounding. No derivative.
// Two draws of one stream and kind at one step in one program are the same numbers.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

enum class RandomKind : std::uint8_t {
  uniform,  // in the open interval (0, 1)
  normal,   // mean 0, variance 1: elements 2 i, 2 i + 1 are one Box-Muller pair
  sign,     // -1 or 1
};

Value random(Builder& builder, RandomKind kind, const Shape& shape, std::uint32_t stream);

// ints[0] = kind + 256 stream; the result's type by encode_type; the step by draw_time(): at first
// that of the program's first clock.
const Primitive& random_primitive();

}  // namespace ganflow
