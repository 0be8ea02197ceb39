// What has to be computed and by which means, before kernels are formed: which nodes are only
// readings of others, which are constants, which are places (concat), and who reads what.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "engine/kernels/target.h"
#include "engine/program/program.h"
#include "engine/program/views.h"

namespace ganflow::kernels {

// A value as a reading of a node that is stored.
struct StoredView {
  ValueId base = 0;
  Reading at;
};

// One per node. base is the node itself if it is not a reading of another one. A full() is stored
// as one element. A view of a reading that no steps express is a view of its operand: base is the
// operand then, to be written out.
std::vector<StoredView> stored_views(const Program& program);

enum class Part : std::uint8_t {
  unused,       // no element of it reaches a result
  slot,         // input, variable
  constant,     // known when the program is compiled
  reading,      // a view or move of something stored: readers apply it while loading
  place,        // concat along the rows: its parts are computed into it where possible
  elementwise,  // computed tile by tile
  load,         // a reading that somebody needs as a dense tensor: written out
  reduction,    // sum over all axes but the first, over leading axes, or over all
  product,      // handed over in tiles
  single,       // anything else: the primitive's own kernel
};

// One operand of a computed node: which node's storage it reads, and how. Of a load: itself.
struct Operand {
  ValueId value = 0;  // the operand as the program names it
  StoredView source;
};

struct Classified {
  Classified(const Program& program, const Target& target);

  const Program* program;
  Target target;
  std::vector<Part> part;
  std::vector<StoredView> source;
  std::map<ValueId, StoredView>
      load_source;                   // of loads that all readers see: source is the load itself
  std::vector<bool> dense_constant;  // constants that are read as dense tensors

  const Node& node(ValueId id) const { return program->nodes[id]; }
  const Shape& shape(ValueId id) const { return node(id).shape(); }
  bool computed(ValueId id) const { return part[id] >= Part::elementwise; }
  std::vector<Operand> operands(ValueId id) const;

  // Where elements lo .. hi - 1 of a place come from: f(i, first, from, to) for elements from ..
  // to - 1 of its part i, whose element 0 is the place's element `first`.
  template <class F>
  void for_each_part(ValueId place, Extent lo, Extent hi, F f) const {
    Extent first = 0;
    for (std::size_t i = 0; i < node(place).inputs.size(); ++i) {
      const Extent n = shape(node(place).inputs[i]).elements();
      const Extent from = std::max(lo - first, Extent{0}), to = std::min(hi - first, n);
      if (from < to) f(i, first, from, to);
      first += n;
    }
  }

  // The stored nodes (computed, slots, constants) that elements lo .. hi - 1 of `base` come from,
  // looking through places: f(node, first, last) in elements of the node.
  using Visit = std::function<void(ValueId, Extent, Extent)>;
  void visit(ValueId base, Extent lo, Extent hi, const Visit& f) const;

  // A part of a place that may lie where the place lies: a stored node or a block of its rows.
  bool is_placeable(ValueId part) const;

 private:
  void write_out(ValueId id);  // as a load that all readers see
  void write_out_shared_parts();
  void find_unused();
};

// The elements of the stored tensor that a reading of `shape` touches lie in lo .. hi - 1.
std::pair<Extent, Extent> range_of(const Shape& shape, const Reading& reading);

}  // namespace ganflow::kernels
