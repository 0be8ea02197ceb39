// Tapes: elementwise programs over tiles of a domain.
//
// A domain is outer x inner elements (outer: one axis or several). A tape runs on rectangles of it,
// a few hundred elements at a time; its registers are tiles that stay in the first cache. Inside
// registers masks are 0 or 1 and indices whole numbers of the element type.
#pragma once

#include <vector>

#include "engine/kernels/plan.h"

namespace ganflow::kernels {

constexpr std::size_t kOperands = 3;  // of an elementwise primitive

// A tensor walked with the domain: element (outer index, c) lies `offset` + sum index * outer + c *
// inner elements behind `place`.
struct Stream {
  Place place;
  DType type = DType::real;
  Extent offset = 0;
  std::vector<Extent> outer;
  Extent inner = 0;
  bool packed = false;  // the outer rows lie behind one another
};

enum class Do : std::uint8_t {
  load,     // streams[index] -> register; bound to memory where that is possible
  root,     // the product's tile -> register
  spread,   // kept values `index`, repeated over what is reduced -> register
  restore,  // scratch tensor `index` of the block -> register
  compute,  // loop(sources) -> register; `index` >= 0: into streams[index] if that is contiguous
  add_up,   // register summed into kept values `index`
  save,     // register -> scratch tensor `index`
  store,    // register -> streams[index]
};

struct Op {
  Do what = Do::load;
  int index = -1;
  int target = -1;
  int sources[kOperands] = {-1, -1, -1};
  TileLoop loop;
  Attributes attributes;
};

enum class Keep : std::uint8_t { nothing, rows, columns, all };

// Ops on the elements of rows first .. end - 1 of the outer index.
struct Segment {
  Extent first = 0, end = 0;
  std::vector<Op> ops;
};

// One pass over a block: kept values first, then the elements.
struct Stage {
  std::vector<Op> kept;  // registers are kept values
  std::vector<Segment> segments;
};

struct Tape {
  std::vector<Extent> outer;  // extents; empty: one row
  Extent outer_count = 1;
  Extent inner = 1;
  std::vector<Stream> streams;  // of elements
  std::vector<Stream> kept_streams;
  std::vector<Stage> stages;
  std::vector<Op> constants;  // loads of single numbers, once per run, into registers of their own
  int registers = 0;
  int kept_values = 0;
  int saved = 0;  // tensors kept from one stage to a later one, of a block's size
  Keep keep = Keep::nothing;
  Extent kept = 0;         // elements of a kept value
  Extent outer_block = 1;  // outer rows of a block
  Extent inner_block = 1;
  Extent kept_block = 0;  // kept elements of a block
};

}  // namespace ganflow::kernels
