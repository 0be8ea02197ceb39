// The values that are known when a program is compiled.
#pragma once

#include "engine/kernels/plan.h"
#include "engine/tensor/memory.h"

namespace ganflow::kernels {

// The block of the plan's constants: what no input and no variable reaches, by the interpreter.
Memory constants_of(const Classified& classified, const Plan& plan, Precision precision);

}  // namespace ganflow::kernels
