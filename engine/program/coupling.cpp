#include "engine/program/coupling.h"

#include <vector>

#include "engine/program/core.h"

namespace ganflow {

std::optional<ValueId> row_coupling(Value y, Value x) {
  const Program& program = y.builder().program();
  std::vector<bool> reached(program.nodes.size()), needed(program.nodes.size());
  needed[y.id()] = true;
  for (ValueId id = y.id(); id > x.id(); --id)
    if (needed[id])
      for (const ValueId input : program.nodes[id].inputs) needed[input] = true;
  reached[x.id()] = true;
  for (ValueId id = x.id() + 1; id <= y.id(); ++id) {
    const Node& node = program.nodes[id];
    if (!needed[id] || node.primitive == &stop_primitive() || node.type.dtype != DType::real)
      continue;
    const std::uint32_t rows = traits_of(program, node).row_operands;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (!reached[node.inputs[i]]) continue;
      if (!(rows >> i & 1)) return id;
      reached[id] = true;
    }
  }
  return std::nullopt;
}

}  // namespace ganflow
