// The CPU as planning sees it.
#pragma once

#include "engine/kernels/target.h"

namespace ganflow::cpu {

// Products are those of the table (engine/cpu/table.h); all take an epilogue.
kernels::Target target();

}  // namespace ganflow::cpu
