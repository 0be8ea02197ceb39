// Passes that put another value in a node's place where its primitive knows one: products with an
// extent of one or two become elementwise operations and sums (Primitive::thin), products take the
// order of elements of their kernels (Primitive::arranged).
#include "engine/program/builder.h"
#include "engine/program/rewrite.h"

namespace ganflow {
namespace {

using Rule = std::optional<ValueId> (Primitive::*)(Builder&, std::span<const ValueId>,
                                                   const Attributes&) const;

Program replaced(const Program& program, Rule rule) {
  Program empty = program;
  empty.nodes.clear();
  Builder builder(Builder::Mode::simplify, std::move(empty));
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

Program rewrite(const Program& program, const RewriteOptions& options) {
  return arrange(thin(options.stack ? stack(program, options) : simplify(program)));
}

}  // namespace ganflow
