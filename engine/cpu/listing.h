// What a compiled program consists of, for --plan and golden numbers.
#pragma once

#include "engine/program/compile.h"
#include "engine/program/plan.h"

namespace ganflow::cpu {

// Everything but arena_bytes, which includes the kernels' scratch.
Report report(const Units& units, const Fusion& fusion, const Plan& plan, Precision precision);

}  // namespace ganflow::cpu
