#include "engine/rewrite/arrange.h"

#include "engine/program/builder.h"
#include "engine/rewrite/simplify.h"

namespace ganflow {
namespace {

using Rule = std::optional<ValueId> (Primitive::*)(Builder&, std::span<const ValueId>,
                                                   const Attributes&) const;

Program replaced(const Program& program, Rule rule) {
  Builder builder(Builder::Mode::simplify, program.without_nodes());
  std::vector<ValueId> now, inputs;
  for (const Node& node : program.nodes) {
    inputs.clear();
    for (ValueId input : node.inputs) inputs.push_back(now[input]);
    builder.set_origin(node.origin);
    const auto other = (node.primitive->*rule)(builder, inputs, node.attributes);
    now.push_back(other ? *other : builder(*node.primitive, inputs, node.attributes));
  }
  for (Output& result : builder.program().results) result.value = now[result.value];
  return simplify(builder.program());
}

}  // namespace

Program thin(const Program& program) { return replaced(program, &Primitive::thin); }
Program arrange(const Program& program) { return replaced(program, &Primitive::arranged); }

}  // namespace ganflow
