// compile() without its rewrites and with the planner's options, for tests.
#pragma once

#include "engine/program/compile.h"
#include "engine/program/plan.h"

namespace ganflow::cpu {

std::shared_ptr<const Executable> compile_rewritten(const Program& program,
                                                    const CompileOptions& options,
                                                    const PlanOptions& planning);

}  // namespace ganflow::cpu
