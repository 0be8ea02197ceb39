// Tapes: elementwise programs over tiles of a domain.
//
// A domain is outer x inner elements (outer: one axis or several). A tape is data: the device turns
// it into loops, and chooses how much of the domain it works on at a time. Inside registers masks
// are 0 or 1 and indices whole numbers of the element type.
#pragma once

#include <vector>

#include "engine/kernels/plan.h"

namespace ganflow::kernels {

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
  restore,  // saved tensor `index` -> register
  compute,  // formula(sources) -> register; `index` >= 0: may go straight into streams[index]
  add_up,   // register summed into kept values `index`
  save,     // register -> saved tensor `index`
  store,    // register -> streams[index]
};

struct Op {
  Do what = Do::load;
  int index = -1;
  int target = -1;
  std::vector<int> sources;  // registers
  int formula = -1;          // computes: which of the tape's
};

// What a compute applies.
struct AppliedFormula {
  const Primitive* primitive = nullptr;
  Attributes attributes;
};

// Ops on the elements of rows first .. end - 1 of the outer index.
struct Segment {
  Extent first = 0, end = 0;
  std::vector<Op> ops;
};

// One pass: kept values first, then the elements.
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
  std::vector<AppliedFormula> formulas;
  std::vector<Op> constants;  // loads of single numbers, once per run, into registers of their own
  int registers = 0;
  int kept_values = 0;
  int saved = 0;            // tensors kept from one stage to a later one
  Mode mode = Mode::plain;  // what its reductions keep
  Extent kept = 0;          // elements of a kept value
};

}  // namespace ganflow::kernels
