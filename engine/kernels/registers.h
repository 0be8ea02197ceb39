// Registers of a tape.
#pragma once

#include <vector>

#include "engine/kernels/tape.h"

namespace ganflow::kernels {

// Numbers the registers of `ops`, of which every value has one of its own, anew: those whose
// contents are no longer needed are used again. Negative numbers stay. Returns how many there are.
int share_registers(std::vector<Op>& ops);

}  // namespace ganflow::kernels
