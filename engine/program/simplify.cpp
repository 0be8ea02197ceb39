// Dead code and the driver of the local rules.
//
// The rules themselves live in the primitives (Primitive::simplify) and fire while a simplifying
// Builder takes the program in, node by node; equal operations on equal operands become one node.
// One sweep lets a rule see operands that are already simplified, but not its users: sweeps repeat
// until nothing changes.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "engine/program/builder.h"
#include "engine/program/rewrite.h"

namespace ganflow {
namespace {

// More than any program needs (2 to 4); reached only if two rules undo each other.
constexpr int kSweeps = 64;

std::vector<bool> live_nodes(const Program& program) {
  std::vector<bool> live(program.nodes.size(), false);
  for (const Output& result : program.results) live[result.value] = true;
  for (ValueId id = static_cast<ValueId>(program.nodes.size()); id-- > 0;)
    if (live[id])
      for (ValueId input : program.nodes[id].inputs) live[input] = true;
  return live;
}

Program without_nodes(const Program& program) {
  Program empty = program;
  empty.nodes.clear();
  return empty;
}

bool same_nodes(const Program& a, const Program& b) {
  return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(),
                    [](const Node& x, const Node& y) {
                      return x.primitive == y.primitive && x.attributes == y.attributes &&
                             x.inputs == y.inputs;
                    });
}

// One pass of the program through a simplifying builder.
Builder sweep(const Program& program) {
  Builder builder(Builder::Mode::simplify, without_nodes(program));
  const std::vector<bool> live = live_nodes(program);
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

Program without_dead_code(const Program& program) {
  const std::vector<bool> live = live_nodes(program);
  Program result = without_nodes(program);
  std::vector<ValueId> now(program.nodes.size());
  for (ValueId id = 0; id < program.nodes.size(); ++id) {
    if (!live[id]) continue;
    now[id] = static_cast<ValueId>(result.nodes.size());
    Node& node = result.nodes.emplace_back(program.nodes[id]);
    for (ValueId& input : node.inputs) input = now[input];
  }
  for (Output& r : result.results) r.value = now[r.value];
  return result;
}

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
