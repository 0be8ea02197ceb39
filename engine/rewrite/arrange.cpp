#include "engine/rewrite/arrange.h"

#include "engine/program/builder.h"
#include "engine/rewrite/simplify.h"

namespace ganflow {
namespace {

// rule(builder, node, inputs): another value in the node's place.
template <class Rule>
Program replaced(const Program& program, Rule rule) {
  Builder builder(Builder::Mode::simplify, program.without_nodes());
  std::vector<ValueId> now, inputs;
  for (const Node& node : program.nodes) {
    inputs.clear();
    for (ValueId input : node.inputs) inputs.push_back(now[input]);
    builder.set_origin(node.origin);
    const auto other = rule(builder, node, inputs);
    now.push_back(other ? *other : builder(*node.primitive, inputs, node.attributes));
  }
  for (Output& result : builder.program().results) result.value = now[result.value];
  return simplify(builder.program());
}

}  // namespace

Program thin(const Program& program) {
  return replaced(program, [](Builder& builder, const Node& node, std::span<const ValueId> inputs) {
    return node.primitive->thin(builder, inputs, node.attributes);
  });
}

Program arrange(const Program& program, ImageOrder order) {
  return replaced(program,
                  [&](Builder& builder, const Node& node, std::span<const ValueId> inputs) {
                    return node.primitive->arranged(builder, inputs, node.attributes, order);
                  });
}

}  // namespace ganflow
