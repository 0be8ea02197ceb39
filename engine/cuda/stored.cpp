#include "engine/cuda/stored.h"

#include "engine/cuda/table.h"
#include "engine/program/builder.h"
#include "engine/program/leaves.h"
#include "engine/program/value.h"

namespace ganflow::cuda {
namespace {

std::vector<int> inverse(const std::vector<int>& axes) {
  std::vector<int> back(axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i)
    back[static_cast<std::size_t>(axes[i])] = static_cast<int>(i);
  return back;
}

// What its slot holds, of a Variable whose type is this; the same type: it is kept as it is.
TensorType stored_type(const TensorType& type) {
  TensorType stored = type;
  if (type.dtype != DType::real) return type;
  const std::vector<int> axes = stored_axes(type.shape);
  for (std::size_t i = 0; i < axes.size(); ++i)
    stored.shape[static_cast<int>(i)] = type.shape[axes[i]];
  return stored;
}
bool moved(const TensorType& type) {
  return type.dtype == DType::real && !stored_axes(type.shape).empty();
}

// A Variable's value, of what its slot holds now.
ValueId read(Builder& builder, const Program& program, const Node& node) {
  const Slot& slot = program.variables[static_cast<std::size_t>(node.attributes.ints[0])];
  const Value held = variable(builder, slot.name, stored_type(slot.type));
  return moved(slot.type) ? permuted(held, inverse(stored_axes(slot.type.shape))).id() : held.id();
}

ValueId operation(Builder& builder, const Node& node, std::span<const ValueId> inputs) {
  const auto arranged = text_of(*node.primitive).arranged;
  if (const auto other =
          arranged ? arranged(builder, *node.primitive, inputs, node.attributes) : std::nullopt)
    return *other;
  return builder(*node.primitive, inputs, node.attributes);
}

}  // namespace

std::vector<int> stored_axes(const Shape& of_variable) {
  if (of_variable.rank() != 4) return {};
  return {0, 2, 3, 1};
}

Program stored(const Program& program) {
  Program slots = program.without_nodes();
  for (Slot& slot : slots.variables) slot.type = stored_type(slot.type);
  Builder builder(Builder::Mode::simplify, std::move(slots));
  std::vector<ValueId> now, inputs;
  for (const Node& node : program.nodes) {
    inputs.clear();
    for (const ValueId input : node.inputs) inputs.push_back(now[input]);
    builder.set_origin(node.origin);
    now.push_back(node.primitive == &variable_primitive() ? read(builder, program, node)
                                                          : operation(builder, node, inputs));
  }
  for (Output& result : builder.program().results) {
    const TensorType& type = program.nodes[result.value].type;
    result.value = now[result.value];
    if (result.assign && moved(type))
      result.value = permuted(Value(builder, result.value), stored_axes(type.shape)).id();
  }
  return builder.program();
}

}  // namespace ganflow::cuda
