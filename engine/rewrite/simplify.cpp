#include "engine/rewrite/simplify.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "engine/program/builder.h"

namespace ganflow {
namespace {

// More than any program needs (2 to 4); reached only if two rules undo each other.
constexpr int kSweeps = 64;

bool same_nodes(const Program& a, const Program& b) {
  return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(),
                    [](const Node& x, const Node& y) {
                      return x.primitive == y.primitive && x.attributes == y.attributes &&
                             x.inputs == y.inputs;
                    });
}

// One pass of the program through a simplifying builder.
Builder sweep(const Program& program) {
  Builder builder(Builder::Mode::simplify, program.without_nodes());
  const std::vector<bool> live = program.live();
  std::vector<ValueId> now(program.nodes.size());
  std::vector<ValueId> inputs;
  for (ValueId id = 0; id < program.nodes.size(); ++id) {
    if (!live[id]) continue;
    const Node& node = program.nodes[id];
    inputs.clear();
    for (ValueId input : node.inputs) inputs.push_back(now[input]);
    builder.set_origin(node.origin);
    now[id] = builder(*node.primitive, inputs, node.attributes);
  }
  for (Output& result : builder.program().results) result.value = now[result.value];
  return builder;
}

}  // namespace

Program simplify(const Program& program) {
  Program before = without_dead_code(program);
  std::string rules;
  for (int i = 0; i < kSweeps; ++i) {
    const Builder builder = sweep(before);
    Program after = without_dead_code(builder.program());
    if (same_nodes(before, after)) return after;
    before = std::move(after);
    rules = builder.last_rules();
  }
  throw std::logic_error(fmt::format(
      "simplify: no fixed point after {} sweeps; the last rules that fired: {}", kSweeps, rules));
}

}  // namespace ganflow
