// A program compiled for a GPU: its text by NVRTC, its launches as a graph per set of bindings.
#pragma once

#include <memory>

#include "engine/cuda/driver/context.h"
#include "engine/cuda/driver/convolutions.h"
#include "engine/cuda/driver/jit.h"
#include "engine/device/executable.h"

namespace ganflow::cuda {

// Throws Error(usage) naming what has no kernel for a GPU, or what NVRTC says.
std::shared_ptr<const Executable> compile(std::shared_ptr<const Context> context, const Jit& jit,
                                          std::shared_ptr<Convolutions> convolutions,
                                          const Program& program, const CompileOptions& options);

}  // namespace ganflow::cuda
