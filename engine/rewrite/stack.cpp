#include "engine/rewrite/stack.h"

// Stacking: superword packing on blocks of rows.
//
// Four rules, none of which knows a layer, a loss or a penalty: products that share a weight join
// by rows, sums of A' B products join by depth, row-wise runs move through a concat, and the concat
// itself is free where the planner places its parts side by side. Legality is local: an operation
// that couples rows has no row operands, packing stops there.
#include <stdexcept>

#include "engine/rewrite/simplify.h"
#include "engine/rewrite/stack_rules.h"

namespace ganflow {

Program stack(const Program& program, const StackOptions& options) {
  constexpr int kRounds = 200;  // a round packs one layer of a chain at least
  Program result = simplify(program);
  for (int round = 0; round < kRounds; ++round) {
    StackGraph graph(result);
    bool changed = stack_products(graph, options);
    changed |= stack_sums(graph);
    changed |= push_through_concat(graph);
    if (!changed) return result;
    result = simplify(graph.program());
  }
  throw std::logic_error(
      "stack: no fixed point, a packed operation is taken apart again by a local rule");
}

}  // namespace ganflow
