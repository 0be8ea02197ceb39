// A product that hands over its output in tiles, so that what follows it elementwise is applied
// while the tile is in the first cache.
#pragma once

#include <cstddef>

#include "engine/tensor/shape.h"

namespace ganflow::cpu {

// Rows row .. row + rows, columns column .. column + columns of the output. Element (r, c) of the
// tile is data[r stride + c], of the element type the product was prepared for.
struct Tile {
  Extent row, column, rows, columns;
  void* data;
  Extent stride;
};

struct TileSink {
  void (*take)(void* context, const Tile& tile) = nullptr;
  void* context = nullptr;
};

// Prepared for fixed shapes and an element type. Immutable; run() allocates nothing.
class TiledProduct {
 public:
  virtual ~TiledProduct() = default;
  virtual std::size_t scratch_bytes() const = 0;  // 64-byte aligned

  // Computes every tile once, each with its whole sum, in an order that is the same every time.
  // With `output` (dense, row major) tiles lie there; without, they exist only while `sink` has
  // them. inputs are dense.
  virtual void run(const void* const* inputs, void* output, void* scratch,
                   const TileSink& sink) const = 0;
};

}  // namespace ganflow::cpu
