// How the CPU runs a tape: on rectangles of the domain, a few hundred elements at a time; registers
// are tiles that stay in the first cache.
#pragma once

#include "engine/cpu/bound_tape.h"
#include "engine/cpu/call.h"
#include "engine/cpu/tiled.h"

namespace ganflow::cpu {

// Runs units of the tape. `scratch` has tape.scratch_bytes.
template <class T>
void run_tape(const BoundTape& tape, const Frame& frame, std::byte* scratch, Units units);

// Runs a tape without reductions as the epilogue of a product. Its single numbers are loaded before
// the product runs; tiles may come in any order.
template <class T>
class Epilogue {
 public:
  Epilogue(const BoundTape& tape, const Frame& frame, std::byte* scratch);
  TileSink sink();

 private:
  const BoundTape& tape_;
  const Frame& frame_;
  std::byte* scratch_;
};

}  // namespace ganflow::cpu
