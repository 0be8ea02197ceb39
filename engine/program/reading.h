// Which values are read where they lie: views, broadcasts and permutations of a stored tensor are
// loads with steps, not operations.
#pragma once

#include "engine/program/program.h"

namespace ganflow {

Reading dense_reading(const Shape& shape);

// The elements lie side by side in row-major order from reading.offset on.
bool is_dense(const Shape& shape, const Reading& reading);

// The same elements in the same order under another shape, where steps can express it.
std::optional<Reading> reshaped(const Shape& from, const Reading& reading, const Shape& to);

// A value as a reading of a node that is stored.
struct Source {
  ValueId base = 0;
  Reading at;
};

// One per node. base is the node itself if it is not a reading of another one. A full() is stored
// as one element. A view of a reading that no steps express is a view of its operand: base is the
// operand then, to be written out.
std::vector<Source> sources(const Program& program);

}  // namespace ganflow
