#include "engine/program/coupling.h"

#include <vector>

#include "engine/program/leaves.h"

namespace ganflow {

std::optional<ValueId> row_coupling(const Program& program, ValueId y, ValueId x) {
  std::vector<bool> reached(program.nodes.size()), needed(program.nodes.size());
  needed[y] = true;
  for (ValueId id = y; id > x; --id)
    if (needed[id])
      for (const ValueId input : program.nodes[id].inputs) needed[input] = true;
  reached[x] = true;
  for (ValueId id = x + 1; id <= y; ++id) {
    const Node& node = program.nodes[id];
    if (!needed[id] || node.primitive == &stop_primitive() || node.type.dtype != DType::real)
      continue;
    const Operands rows = traits_of(program, node).row_operands;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (!reached[node.inputs[i]]) continue;
      if (!has_operand(rows, i)) return id;
      reached[id] = true;
    }
  }
  return std::nullopt;
}

}  // namespace ganflow
