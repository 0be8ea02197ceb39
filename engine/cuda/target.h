// A GPU as planning sees it.
#pragma once

#include "engine/kernels/target.h"

namespace ganflow::cuda {

// Products are those of the table (engine/cuda/table.h). Our own take an epilogue; those of a
// library do not.
kernels::Target target();

}  // namespace ganflow::cuda
