// Runs the line of a segment on a rectangle.
#pragma once

#include "engine/cpu/tape_state.h"

namespace ganflow::cpu {

// Whether a rectangle of the segment runs as a line. Sixteen sums of all its elements need rows of
// whole sixteens, or rows one by one: elements are added up in the interpreter's order.
template <class T>
bool runs_as_line(const Tape& tape, const BoundLine& line, const Rectangle& r) {
  if (!line.code) return false;
  if (tape.mode != Mode::all || line.plan.packed || !line.plan.buffers) return true;
  return r.rows() == 1 || r.columns() % 16 == 0 || r.columns() > kTile<T> / 2;
}

// With the bits that the interpreter gives. At most kTile elements where the plan has buffers.
void run_line(const TapeState<float>& s, const BoundLine& line, const Rectangle& r);

}  // namespace ganflow::cpu
