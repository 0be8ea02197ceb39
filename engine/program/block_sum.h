// Sums of tensors that consist of blocks along one axis, zeros between them.
#pragma once

#include <optional>
#include <span>

#include "engine/program/value.h"

namespace ganflow {

// x + y, the first a concat or pad, where no block of one meets a block of the other: the same as
// one concat, padded. This is what the gradient of slices of one tensor looks like. Absent: they
// meet, or y has no blocks along the axis of x.
std::optional<ValueId> sum_of_blocks(Builder& builder, std::span<const ValueId> operands);

}  // namespace ganflow
