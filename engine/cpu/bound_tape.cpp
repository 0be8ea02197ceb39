#include "engine/cpu/bound_tape.h"

#include <algorithm>

#include "engine/cpu/table.h"
#include "engine/cpu/tape_state.h"
#include "engine/cpu/tile_memory.h"
#include "engine/error.h"
#include "engine/tensor/memory.h"

namespace ganflow::cpu {
namespace {

constexpr Extent kBlockBytes =
    16384;  // of one tensor: what is walked twice stays in the first cache

bool walks_twice(const Tape& tape) {
  int passes = 0;
  for (const Stage& stage : tape.stages) passes += !stage.segments.empty();
  return passes > 1;
}

Blocks blocks_of(const Tape& tape, std::size_t element_size) {
  Blocks blocks{std::max<Extent>(1, tape.outer_count), std::max<Extent>(1, tape.inner), tape.kept};
  const Extent elements = kBlockBytes / static_cast<Extent>(element_size);
  const bool twice = walks_twice(tape);
  if (tape.mode == Mode::rows && tape.kept > 0) {
    const Extent per = std::max<Extent>(1, tape.outer_count / tape.kept);
    Extent rows = std::min<Extent>(tape.kept, 256);
    if (twice) rows = std::clamp<Extent>(elements / std::max<Extent>(1, per * tape.inner), 1, rows);
    blocks.kept = rows;
    blocks.outer = rows * per;
  }
  if (tape.mode == Mode::columns && tape.kept == tape.inner) {
    Extent columns = std::min<Extent>(tape.inner, 512);
    if (twice)
      columns = std::clamp<Extent>(elements / std::max<Extent>(1, tape.outer_count) / 16 * 16,
                                   std::min<Extent>(columns, 16), columns);
    blocks.inner = std::max<Extent>(1, columns);
    blocks.kept = blocks.inner;
  }
  return blocks;
}

double operations(const Tape& tape) {
  double count = 0;
  for (const Stage& stage : tape.stages)
    for (const Segment& segment : stage.segments)
      count += static_cast<double>((segment.end - segment.first) * tape.inner) *
               static_cast<double>(segment.ops.size());
  return count;
}

Extent units_of(const Tape& tape, std::size_t element_size) {
  const Extent tile = static_cast<Extent>(kTileBytes / element_size);
  switch (tape.mode) {
    case Mode::rows:
      return std::max<Extent>(1, tape.kept);
    case Mode::columns:  // a cache line of each row
      return tape.kept == tape.inner ? std::max<Extent>(1, round_up<Extent>(tape.inner, 16) / 16)
                                     : 1;
    case Mode::plain:
      return tape.outer_count > 1 ? tape.outer_count
                                  : std::max<Extent>(1, round_up(tape.inner, tile) / tile);
    case Mode::all:
      break;
  }
  return 1;
}

// Whether rows that follow one another lie one step apart.
bool even(const Tape& tape, const Access& access) {
  if (access.buffer >= 0) return true;
  if (access.to == Access::To::stream) {
    const Stream& stream = tape.streams[static_cast<std::size_t>(access.index)];
    return stream.outer.size() <= 1 || stream.packed || repeats(stream);
  }
  if (access.to != Access::To::kept) return true;
  if (tape.mode == Mode::rows) return per_kept_row(tape) == 1;
  return tape.mode == Mode::all || tape.kept == tape.inner;
}

BoundLine line_of(const Tape& tape, const Segment& segment, int line_bytes) {
  BoundLine line;
  std::optional<LinePlan> plan = plan_line(tape, segment);
  if (!plan) return line;
  line.code = LineCode::make(*plan, line_bytes);
  for (const Access& access : plan->accesses) line.even = line.even && even(tape, access);
  line.plan = std::move(*plan);
  return line;
}

std::size_t scratch_bytes(const Tape& tape, const Blocks& blocks, int more_tiles,
                          std::size_t element_size) {
  const auto values = [&](Extent n) { return aligned(static_cast<std::size_t>(n) * element_size); };
  return aligned((tape.registers + more_tiles) * kTileBytes) +
         aligned(tape.registers * sizeof(void*)) + values(tape.kept_values * blocks.kept) +
         aligned(tape.kept_values * sizeof(void*)) +
         values(tape.saved * blocks.outer * blocks.inner);
}

ElementwiseLoop loop_of(const Primitive& primitive) {
  const ElementwiseLoop own = kernels_of(primitive).loop;
  const auto formula = primitive.formula();
  if (formula && formula->operands > static_cast<int>(kMostOperands))
    fail(Fault::usage, "{} has {} operands, the CPU takes at most {} in one operation: split it",
         primitive.name(), formula->operands, kMostOperands);
  return own.f32 || !formula ? own : formula->loop;
}

}  // namespace

BoundTape bind_tape(Tape tape, Precision precision, int line_bytes) {
  BoundTape bound;
  for (const AppliedFormula& formula : tape.formulas)
    bound.loops.push_back(loop_of(*formula.primitive));
  const std::size_t size = element_bytes(DType::real, precision);
  bound.blocks = blocks_of(tape, size);
  bound.phase = {units_of(tape, size), operations(tape) * kNanosecondsPerOperation};
  const int free = tape.registers - static_cast<int>(tape.constants.size());
  for (const Stage& stage : tape.stages) {
    std::vector<BoundLine>& lines = bound.lines.emplace_back();
    for (const Segment& segment : stage.segments) {
      if (size != sizeof(float)) {
        lines.emplace_back();
        continue;
      }
      // Buffers are had wherever the program runs: its size does not depend on the machine.
      lines.push_back(line_of(tape, segment, line_bytes));
      bound.more_tiles = std::max(bound.more_tiles, lines.back().plan.buffers - free);
    }
  }
  bound.scratch_bytes = scratch_bytes(tape, bound.blocks, bound.more_tiles, size);
  bound.tape = std::move(tape);
  return bound;
}

}  // namespace ganflow::cpu
