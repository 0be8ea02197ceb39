// compile() without its rewrites and with the planner's options, for tests.
#pragma once

#include "engine/device/executable.h"
#include "engine/kernels/plan.h"

namespace ganflow::cpu {

std::shared_ptr<const Executable> compile_rewritten(const Program& program,
                                                    const CompileOptions& options,
                                                    const kernels::PlanOptions& planning);

}  // namespace ganflow::cpu
