// A program compiled for the CPU: rewrites, kernels, plan, calls.
#pragma once

#include "engine/cpu/isa.h"
#include "engine/cpu/target.h"
#include "engine/device/executable.h"
#include "engine/kernels/plan.h"

namespace ganflow::cpu {

// Throws Error(usage) naming an operation that has no kernel.
std::shared_ptr<const Executable> compile(const Program& program, const CompileOptions& options);

// The same without the rewrites and with the planner's options, and for another target than the
// CPU's own as far as the CPU can run what is planned for it; and with other lines than the
// machine's best: 0 interprets every tape, as where no code can be made. For tests.
std::shared_ptr<const Executable> compile_rewritten(const Program& program,
                                                    const CompileOptions& options,
                                                    const kernels::PlanOptions& planning,
                                                    const kernels::Target& target = target(),
                                                    int line_bytes = widest_vectors());

}  // namespace ganflow::cpu
