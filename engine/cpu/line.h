// A segment of a tape as one loop over lines: for every element of a row all of its operations one
// after another, and what they hand on never in memory.
#pragma once

#include <optional>
#include <vector>

#include "engine/cpu/lanes.h"
#include "engine/kernels/tape.h"

namespace ganflow::cpu {

using namespace kernels;

// Where a line finds the elements of a row.
struct Access {
  enum class To : std::uint8_t { stream, number, root, kept, saved };
  enum class As : std::uint8_t {
    reals,
    masks,    // bytes
    indices,  // int32
    number,   // one for the whole row
    lanes,    // sixteen sums: element c of the row belongs to sum c % 16
  };
  To to = To::stream;
  As as = As::reals;
  int index = -1;  // stream, register of a single number, kept value or saved tensor
  // The elements lie in this buffer, row behind row, where the runner puts them or fetches them;
  // -1: where they are.
  int buffer = -1;
  bool written = false;  // by an effect
};

// At the end of what a line does with an element.
struct Effect {
  enum class What : std::uint8_t { store, add };
  What what = What::store;
  int access = -1;
  int node = -1;  // masks: of a comparison
};

struct LinePlan {
  LaneGraph graph;  // inputs are accesses
  std::vector<Access> accesses;
  std::vector<Effect> effects;
  int buffers = 0;
  // Rows are shorter than is worth a loop: the rectangle is one line, all that does not lie like
  // that is brought there.
  bool packed = false;
};

constexpr int kMostAccesses = 40;  // of one line

// Absent: an operation that is not recorded, or more accesses than a line has.
std::optional<LinePlan> plan_line(const Tape& tape, const Segment& segment);

}  // namespace ganflow::cpu
