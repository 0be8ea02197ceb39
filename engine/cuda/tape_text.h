// Tapes as text in the block dialect (engine/cuda/text/block.h).
//
// One walk for all modes: a thread visits elements e of the domain, row = e / inner,
// column = e % inner.
//   plain    a thread an element
//   rows     a block a kept row, the threads side by side along it
//   columns  a block 32 kept columns, 8 threads each, one below the other
//   all      one block
// Where a block of the last two would visit too many elements, the tape becomes several launches:
// each stage's sums are left in parts, which the next launch adds up in a fixed order.
#pragma once

#include "engine/cuda/body.h"

namespace ganflow::cuda {

// What a launch of a tape reads and writes of memory that only the tape's launches use: bytes
// `first` to `first + bytes` behind `Space::scratch` 0.
struct ScratchUse {
  std::size_t first = 0, bytes = 0;
};

struct TapeLaunch {
  Body body;
  int stage = -1;                // the only one whose elements it walks; -1: all
  std::vector<int> kept_stages;  // where it walks one: those whose kept values it stores
  std::vector<ScratchUse> reads, writes;
};

// The launches of a tape, and the bytes of scratch that they share. Scratch pointers are places of
// Space::scratch. Throws Error(usage) naming a primitive whose formula has no text.
struct TapeText {
  std::vector<TapeLaunch> launches;
  std::size_t scratch_bytes = 0;
};
TapeText tape_text(const Tape& tape);

}  // namespace ganflow::cuda
