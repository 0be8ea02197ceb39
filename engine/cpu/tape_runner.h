// How the CPU runs a tape: on rectangles of the domain, a few hundred elements at a time; registers
// are tiles that stay in the first cache.
#pragma once

#include "engine/cpu/call.h"
#include "engine/cpu/tiled.h"
#include "engine/kernels/tape.h"

namespace ganflow::cpu {

constexpr std::size_t kTileBytes = 2048;

// Chooses the blocks; called once the tape is complete.
void set_blocks(Tape& tape, std::size_t element_size);
std::size_t scratch_bytes(const Tape& tape, std::size_t element_size);

// Runs the whole tape. `scratch` has scratch_bytes().
template <class T>
void run_tape(const Tape& tape, const Frame& frame, std::byte* scratch);

// Runs a tape without reductions as the epilogue of a product.
template <class T>
class Epilogue {
 public:
  Epilogue(const Tape& tape, const Frame& frame, std::byte* scratch);
  TileSink sink();

 private:
  const Tape& tape_;
  const Frame& frame_;
  std::byte* scratch_;
};

}  // namespace ganflow::cpu
