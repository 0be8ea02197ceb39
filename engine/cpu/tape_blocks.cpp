#include <algorithm>

#include "engine/cpu/tape_runner.h"

namespace ganflow::cpu {
namespace {

constexpr Extent kBlockBytes =
    16384;  // of one tensor: what is walked twice stays in the first cache

bool walks_twice(const Tape& tape) {
  int passes = 0;
  for (const Stage& stage : tape.stages) passes += !stage.segments.empty();
  return passes > 1;
}

}  // namespace

void set_blocks(Tape& tape, std::size_t element_size) {
  for (Stream& stream : tape.streams) {
    stream.packed = !stream.outer.empty();
    for (std::size_t axis = 0; axis + 1 < stream.outer.size(); ++axis)
      stream.packed =
          stream.packed && stream.outer[axis] == stream.outer[axis + 1] * tape.outer[axis + 1];
  }
  tape.outer_block = std::max<Extent>(1, tape.outer_count);
  tape.inner_block = std::max<Extent>(1, tape.inner);
  tape.kept_block = tape.kept;
  const Extent elements = kBlockBytes / static_cast<Extent>(element_size);
  const bool twice = walks_twice(tape);
  if (tape.keep == Keep::rows && tape.kept > 0) {
    const Extent per = std::max<Extent>(1, tape.outer_count / tape.kept);
    Extent rows = std::min<Extent>(tape.kept, 256);
    if (twice) rows = std::clamp<Extent>(elements / std::max<Extent>(1, per * tape.inner), 1, rows);
    tape.kept_block = rows;
    tape.outer_block = rows * per;
  }
  if (tape.keep == Keep::columns && tape.kept == tape.inner) {
    Extent columns = std::min<Extent>(tape.inner, 512);
    if (twice)
      columns = std::clamp<Extent>(elements / std::max<Extent>(1, tape.outer_count) / 16 * 16,
                                   std::min<Extent>(columns, 16), columns);
    tape.inner_block = std::max<Extent>(1, columns);
    tape.kept_block = tape.inner_block;
  }
}

}  // namespace ganflow::cpu
