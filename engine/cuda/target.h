// A GPU as planning sees it.
#pragma once

#include <functional>

#include "engine/cuda/convolution.h"
#include "engine/kernels/target.h"

namespace ganflow::cuda {

// The bytes of scratch that the library's convolution needs; absent: where no library is asked.
using ConvolutionWorkspace = std::function<std::size_t(const Convolution&)>;

// Products are those of the table (engine/cuda/table.h). Our own take an epilogue; those of a
// library do not.
kernels::Target target(const ConvolutionWorkspace& workspace = {});

}  // namespace ganflow::cuda
