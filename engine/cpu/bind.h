// From launches to calls.
#pragma once

#include "engine/cpu/call.h"
#include "engine/cpu/isa.h"
#include "engine/kernels/launches.h"

namespace ganflow::cpu {

// One call per launch, in order. Adds to every launch the scratch that its call needs, all at one
// place: calls run one after another. Throws Error(usage) naming an operation without a kernel or
// of too many operands.
std::vector<Call> bind(const Program& program, Launches& launches, Precision precision,
                       int line_bytes = widest_vectors());

}  // namespace ganflow::cpu
