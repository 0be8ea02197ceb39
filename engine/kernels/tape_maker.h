// From planned kernels to tapes.
#pragma once

#include "engine/kernels/tape.h"

namespace ganflow::kernels {

// The tape of a kernel's elementwise members and reductions; places come from the plan.
Tape make_tape(const Classified& classified, const FusedKernel& kernel, const Plan& plan,
               Precision precision);

// A copy of a value, read as it is, to a dense tensor.
Tape copy_tape(const Step& step);

}  // namespace ganflow::kernels
