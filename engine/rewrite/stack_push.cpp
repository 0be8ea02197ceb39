// Row-wise runs move through a concat: [f(x1); f(x2); z] = [f([x1; x2]); z], where joining the
// operands costs nothing (Packer::free). Such parts come from the same rows in the same way: none
// depends on another, and all are ready at the same time.
#include "engine/program/concat.h"
#include "engine/rewrite/pack.h"
#include "engine/rewrite/stack_rules.h"

namespace ganflow {
namespace {

// The longest run of packable neighbours that starts at parts[first].
std::span<const ValueId> run_at(const StackGraph& graph, Packer& packer,
                                std::span<const ValueId> parts, std::size_t first) {
  std::size_t count = 1;
  if (!packer.row_local(parts[first]) || graph.traits(parts[first]).role == Role::product)
    return parts.subspan(first, 1);
  while (first + count < parts.size()) {
    const auto longer = parts.subspan(first, count + 1);
    if (!packer.same_signature(parts[first], longer.back()) || !packer.free(longer)) break;
    ++count;
  }
  return parts.subspan(first, count);
}

bool push_one(StackGraph& graph) {
  Packer packer(graph);
  for (ValueId id : graph.order()) {
    const Node& node = graph.node(id);
    if (node.primitive != &concat_primitive() || node.attributes.ints[0] != 0) continue;
    const std::vector<ValueId> parts = node.inputs;
    for (std::size_t i = 0; i < parts.size();) {
      const auto run = run_at(graph, packer, parts, i);
      i += run.size();
      if (run.size() < 2) continue;
      packer.pack(run);
      // The concat itself may have become one operation.
      const ValueId whole = graph.concat_rows(parts);
      graph.replace(id, whole);
      graph.refresh();
      return true;
    }
  }
  return false;
}

}  // namespace

bool push_through_concat(StackGraph& graph) {
  bool changed = false;
  while (push_one(graph)) changed = true;
  return changed;
}

}  // namespace ganflow
