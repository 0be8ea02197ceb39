// Where the time of a compiled program goes.
#pragma once

#include "engine/device/executable.h"

namespace ganflow::cpu {

// Runs it `runs` times (which moves the variables on) and lists every call with its best time, its
// share and what it computes: "   53.1 us  12 %    4 (64,784) G: matmul add sigmoid -> %35 ...".
std::string profile(const Executable& executable, const Bindings& bindings, int runs);

}  // namespace ganflow::cpu
