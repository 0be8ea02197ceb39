// A product that hands over its output in tiles, so that what follows it elementwise is applied
// while the tile is in the first cache.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/tensor/shape.h"

namespace ganflow::cpu {

// Rows row .. row + rows, columns column .. column + columns of the output. Element (r, c) of the
// tile is data[r stride + c], of the element type the product was prepared for.
struct Tile {
  Extent row, column, rows, columns;
  void* data;
  Extent stride;
};

// begin .. end - 1, of a phase.
struct Units {
  Extent begin = 0, end = 0;
};

// A part of a kernel behind which the next one begins. Its units can be computed apart.
struct Phase {
  Extent units = 1;
  // What all of it takes one core, roughly, whatever machine it is: of 100 GFLOP/s in products and
  // 12 operations a nanosecond on elements in the first cache.
  double nanoseconds = 0;
};
constexpr double kNanosecondsPerFlop = 0.01, kNanosecondsPerOperation = 0.08;

struct TileSink {
  void (*take)(void* context, const Tile& tile) = nullptr;
  void* context = nullptr;
};

// Prepared for fixed shapes and an element type. Immutable; run() allocates nothing.
class TiledProduct {
 public:
  // inputs are dense. With `output` (dense, row major) tiles lie there; without, they exist only
  // while `sink` has them. Memory is 64-byte aligned.
  struct Run {
    const void* const* inputs;
    void* output;
    void* shared;   // by all who run it: what one phase leaves to the next
    void* scratch;  // the caller's alone, of no value behind the call
    TileSink sink;
  };

  virtual ~TiledProduct() = default;
  virtual std::size_t shared_bytes() const { return 0; }
  virtual std::size_t scratch_bytes() const = 0;
  // Phases follow one another; units of one are computed in any order, or side by side.
  virtual std::vector<Phase> phases() const { return {{}}; }

  // In all units together every tile once, each with its whole sum, whose order is the same every
  // time, in whatever groups units are run.
  virtual void run(const Run& run, int phase, Units units) const = 0;
};

}  // namespace ganflow::cpu
