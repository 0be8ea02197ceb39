// Memory that the launches of one tape share among themselves, in an arena that is already planned.
#pragma once

#include <span>

#include "engine/kernels/launches.h"

namespace ganflow::cuda {

// Bytes `first` to `first + bytes` of Space::scratch; no other block has them.
struct ScratchBlock {
  std::size_t first = 0, bytes = 0;
};

// By block, an offset in the arena, a multiple of `alignment`. Bytes are shared with other values
// only where the data puts all launches that touch the one before all that touch the other, so that
// no launch waits for memory. The arena grows where nothing is free.
std::vector<std::size_t> place_scratch(kernels::Launches& launches,
                                       std::span<const ScratchBlock> blocks, std::size_t alignment);

}  // namespace ganflow::cuda
