#include "ops/primitives/channels_last.h"

#include <vector>

#include "ops/primitives/layout.h"

namespace ganflow {

Value to_channels_last(Value x) { return permute(x, {0, 2, 3, 1}); }
Value from_channels_last(Value x) { return permute(x, {0, 3, 1, 2}); }

std::optional<ValueId> channels_last_of(const Builder& builder, ValueId id) {
  const Node& node = builder.node(id);
  if (node.primitive != &permute_primitive() || node.shape().rank() != 4) return std::nullopt;
  const auto& order = node.attributes.ints;
  if (order[0] != 0 || order[1] != 3 || order[2] != 1 || order[3] != 2) return std::nullopt;
  return node.inputs[0];
}

std::optional<ValueId> in_channels_last(Builder& builder, const Primitive& f,
                                        std::span<const ValueId> inputs, const Attributes& a) {
  bool any = false;
  for (const ValueId id : inputs) any = any || channels_last_of(builder, id);
  if (!any || a.ints[7]) return std::nullopt;
  std::vector<ValueId> operands;
  for (const ValueId id : inputs) operands.push_back(to_channels_last(Value(builder, id)).id());
  Attributes last = a;
  last.ints[7] = 1;
  return from_channels_last(Value(builder, builder(f, operands, last))).id();
}

}  // namespace ganflow
