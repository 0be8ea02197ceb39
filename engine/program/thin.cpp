// Products with an extent of one or two become elementwise operations and sums (Primitive::thin).
#include "engine/program/builder.h"
#include "engine/program/rewrite.h"

namespace ganflow {

Program thin(const Program& program) {
  Program empty = program;
  empty.nodes.clear();
  Builder builder(Builder::Mode::simplify, std::move(empty));
  std::vector<ValueId> now, inputs;
  for (const Node& node : program.nodes) {
    inputs.clear();
    for (ValueId input : node.inputs) inputs.push_back(now[input]);
    builder.set_origin(node.origin);
    const auto thinner = node.primitive->thin(builder, inputs, node.attributes);
    now.push_back(thinner ? *thinner : builder(*node.primitive, inputs, node.attributes));
  }
  for (Output& result : builder.program().results) result.value = now[result.value];
  return simplify(builder.program());
}

Program rewrite(const Program& program, const RewriteOptions& options) {
  return thin(options.stack ? stack(program, options) : simplify(program));
}

}  // namespace ganflow
