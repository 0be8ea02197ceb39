#include "engine/program/block_sum.h"

#include <algorithm>

#include "engine/program/builder.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

// Part of a tensor along an axis: [at, at + extent) of it is `value`, whatever lies between is 0.
struct Block {
  Extent at, extent;
  ValueId value;
};

// A concat's or pad's blocks along `axis`; zeros are left out. Nothing if it is neither.
std::optional<std::vector<Block>> blocks_of(const Builder& builder, ValueId id, int axis) {
  const Node& node = builder.node(id);
  const bool padded = node.primitive == &pad_primitive();
  if ((!padded && node.primitive != &concat_primitive()) || node.attributes.ints[0] != axis)
    return std::nullopt;
  std::vector<Block> blocks;
  Extent at = padded ? node.attributes.ints[1] : 0;
  for (ValueId part : node.inputs) {
    const Extent extent = builder.node(part).shape()[axis];
    if (const auto inner = blocks_of(builder, part, axis)) {
      for (const Block& b : *inner) blocks.push_back({at + b.at, b.extent, b.value});
    } else if (constant_of(builder, part) != 0.0) {
      blocks.push_back({at, extent, part});
    }
    at += extent;
  }
  return blocks;
}

}  // namespace

std::optional<ValueId> sum_of_blocks(Builder& builder, std::span<const ValueId> operands) {
  const int axis = static_cast<int>(builder.node(operands[0]).attributes.ints[0]);
  auto blocks = blocks_of(builder, operands[0], axis);
  const auto other = blocks ? blocks_of(builder, operands[1], axis) : std::nullopt;
  if (!other || blocks->empty() || other->empty()) return std::nullopt;
  blocks->insert(blocks->end(), other->begin(), other->end());
  std::stable_sort(blocks->begin(), blocks->end(),
                   [](const Block& a, const Block& b) { return a.at < b.at; });
  std::vector<Value> parts;
  Extent end = blocks->front().at;
  for (const Block& block : *blocks) {
    if (block.at < end) return std::nullopt;
    const Value value(builder, block.value);
    if (block.at > end) {
      Shape gap = value.shape();
      gap[axis] = block.at - end;
      parts.push_back(full(builder, gap, 0));
    }
    parts.push_back(value);
    end = block.at + block.extent;
  }
  return pad(concat(parts, axis), axis, blocks->front().at,
             builder.node(operands[0]).shape()[axis] - end)
      .id();
}

}  // namespace ganflow
