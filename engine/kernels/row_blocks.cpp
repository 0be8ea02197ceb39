#include "engine/kernels/row_blocks.h"

#include <algorithm>

namespace ganflow::kernels {
namespace {

bool rows_are_dense(const Shape& shape, const Reading& at) {
  if (shape.rank() == 0) return false;
  const Reading dense = dense_reading(shape);
  for (int axis = 1; axis < shape.rank(); ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    if (shape[axis] > 1 && at.steps[a] != dense.steps[a]) return false;
  }
  return true;
}

// What a kernel reads of the place, as this member does.
bool takes_blocks(const Classified& classified, const FusedKernel& kernel, const Member& m,
                  const Operand& operand) {
  const Shape& shape = classified.shape(operand.value);
  const std::vector<OperandBlock> blocks = operand_blocks(classified, operand);
  if (blocks.empty()) return false;
  const Part part = classified.part[m.id];
  if (part == Part::product) {
    const Node& node = classified.node(m.id);
    const auto most = static_cast<std::size_t>(classified.target.row_blocks);
    const auto packed = [&](const OperandBlock& block) {
      return block.source.at.steps == dense_reading(shape).steps;
    };
    return blocks.size() <= most && std::all_of(blocks.begin(), blocks.end(), packed) &&
           classified.target.takes_epilogue(*node.primitive, input_types(*classified.program, node),
                                            node.attributes);
  }
  if (part != Part::elementwise && part != Part::load) return false;
  if (kernel.mode != Mode::plain || m.level != Level::element || kernel.domain.rank() == 0)
    return false;
  const Extent row = kernel.row_elements();
  if (row == 0 || classified.shape(m.id).elements() != shape[0] * row) return false;
  return std::all_of(blocks.begin(), blocks.end(), [&](const OperandBlock& block) {
    return in_domain(kernel, shape, block.source.at, Level::element).has_value();
  });
}

}  // namespace

std::vector<OperandBlock> operand_blocks(const Classified& classified, const Operand& operand) {
  const Shape &shape = classified.shape(operand.value),
              &whole = classified.shape(operand.source.base);
  const Extent row = whole.row_elements();
  if (shape.rank() == 0 || shape.elements() == 0 || row == 0) return {};
  const Reading& at = operand.source.at;
  const Extent first_row = at.offset / row, inside = at.offset % row;
  Extent last = inside;
  for (int axis = 1; axis < shape.rank(); ++axis)
    last += (shape[axis] - 1) * at.steps[static_cast<std::size_t>(axis)];
  if (at.steps[0] != row || last >= row) return {};

  std::vector<OperandBlock> blocks;
  Extent part_row = -first_row;  // of the operand: where the part begins
  for (const ValueId part : classified.node(operand.source.base).inputs) {
    const Extent rows = classified.shape(part).rows();
    const Extent first = std::max<Extent>(part_row, 0), end = std::min(part_row + rows, shape[0]);
    if (first < end) {
      const StoredView& from = classified.source[part];
      if (!rows_are_dense(classified.shape(part), from.at)) return {};
      Reading reading = at;
      reading.steps[0] = from.at.steps[0];
      reading.offset = from.at.offset - part_row * reading.steps[0] + inside;
      blocks.push_back({first, end, {from.base, reading}});
    }
    part_row += rows;
  }
  return blocks;
}

bool can_lie_apart(const Classified& classified, const Fusion& fusion, ValueId place) {
  if (classified.target.row_blocks <= 1) return false;
  const auto& nodes = classified.program->nodes;
  for (const ValueId part : nodes[place].inputs)
    if (classified.part[classified.source[part].base] == Part::place) return false;
  for (ValueId id = 0; id < nodes.size(); ++id)
    if (classified.part[id] == Part::place)
      for (const ValueId part : nodes[id].inputs)
        if (classified.source[part].base == place) return false;
  for (const Output& result : classified.program->results)
    if (classified.source[result.value].base == place) return false;
  for (const FusedKernel& kernel : fusion.kernels)
    for (const Member& m : kernel.members) {
      const std::vector<Operand> operands = classified.operands(m.id);
      for (std::size_t i = 0; i < operands.size(); ++i) {
        if (operands[i].source.base != place) continue;
        if (i > 0 && classified.part[m.id] == Part::product) return false;
        if (!takes_blocks(classified, kernel, m, operands[i])) return false;
      }
    }
  return true;
}

}  // namespace ganflow::kernels
