// A tape as the CPU runs it: with the loops of its formulas, in blocks of its domain.
#pragma once

#include "engine/cpu/tiled.h"
#include "engine/kernels/tape.h"

namespace ganflow::cpu {

using namespace kernels;  // this room runs what that one plans

constexpr std::size_t kTileBytes = 2048;   // of a register
constexpr std::size_t kMostOperands = 32;  // of one operation

// How much of the domain is worked on at a time.
struct Blocks {
  Extent outer = 1;  // outer rows
  Extent inner = 1;
  Extent kept = 0;  // kept elements
};

struct BoundTape {
  Tape tape;
  Blocks blocks;
  // Units: kept elements, or outer rows, or runs of kTileBytes of one row.
  Phase phase;
  std::vector<ElementwiseLoop> loops;  // by formula of the tape
  std::size_t scratch_bytes = 0;       // that a run needs

  bool empty() const { return tape.stages.empty(); }
};

// Throws Error(usage) naming an operation of more than kMostOperands operands.
BoundTape bind_tape(Tape tape, Precision precision);

}  // namespace ganflow::cpu
