// From planned kernels to calls.
#pragma once

#include "engine/cpu/tape.h"

namespace ganflow::cpu {

// The tape of a kernel's elementwise members and reductions; places come from the plan.
Tape make_tape(const Units& units, const FusedKernel& kernel, const Plan& plan,
               Precision precision);

// A copy of a value, read as it is, to a dense tensor.
Tape copy_tape(const Step& step, Precision precision);

// One call per step, in order. `scratch_bytes` becomes the most that any of them needs.
std::vector<Call> make_calls(const Units& units, const Fusion& fusion, const Plan& plan,
                             Precision precision, std::size_t& scratch_bytes);

}  // namespace ganflow::cpu
