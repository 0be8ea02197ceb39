// From planned kernels to calls.
#pragma once

#include "engine/cpu/tape_runner.h"

namespace ganflow::cpu {

// One call per step, in order. `scratch_bytes` becomes the most that any of them needs.
std::vector<Call> make_calls(const Classified& classified, const Fusion& fusion, const Plan& plan,
                             Precision precision, std::size_t& scratch_bytes);

}  // namespace ganflow::cpu
