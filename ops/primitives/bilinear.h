// Rules that all operations linear in each of two operands share.
#pragma once

#include "engine/program/builder.h"

namespace ganflow {

// f(a, x) + f(a, y) = f(a, x + y), f(x, a) + f(y, a) = f(x + y, a); and of differences. Absent
// where `user` is not a sum or difference of two results of `f` that share an operand.
std::optional<ValueId> sum_of_bilinear(Builder& builder, const Primitive& f, const Primitive& user,
                                       std::span<const ValueId> inputs);

}  // namespace ganflow
