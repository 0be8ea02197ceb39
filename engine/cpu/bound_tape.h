// A tape as the CPU runs it: with the loops of its formulas, in blocks of its domain.
#pragma once

#include "engine/cpu/isa.h"
#include "engine/cpu/line.h"
#include "engine/cpu/line_code.h"
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

// A segment as a line, where it can be one.
struct BoundLine {
  LinePlan plan;
  std::shared_ptr<const LineCode> code;  // none: the segment is interpreted
  // From row to row everything moves by the same step. Else rows are walked one by one.
  bool even = true;
};

struct BoundTape {
  Tape tape;
  Blocks blocks;
  // Units: kept elements, or outer rows, or runs of kTileBytes of one row.
  Phase phase;
  std::vector<ElementwiseLoop> loops;         // by formula of the tape
  std::vector<std::vector<BoundLine>> lines;  // by stage, by segment
  // The buffers of lines lie where the interpreter has its registers, but not over those that hold
  // single numbers; so many are wanted beside.
  int more_tiles = 0;
  std::size_t scratch_bytes = 0;  // that a run needs

  bool empty() const { return tape.stages.empty(); }
};

// Segments become lines of vectors of `line_bytes`, or, with 0, are
// interpreted: the same bits. Throws Error(usage) naming an
// operation of more than kMostOperands operands.
BoundTape bind_tape(Tape tape, Precision precision, int line_bytes = widest_vectors());

}  // namespace ganflow::cpu
