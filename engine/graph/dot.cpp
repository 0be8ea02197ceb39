#include "engine/graph/dot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "engine/graph/graph_impl.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

// " G", " G D": the networks whose Variables a node reads.
std::string networks_of(const Graph::Impl& g, const GraphNode& node) {
  const auto& variables = g.training.builder.program().variables;
  std::set<std::string> read;
  for (ValueId id = node.begin; id < node.end; ++id)
    for (const ValueId input : g.training.builder.node(id).inputs) {
      const Node& leaf = g.training.builder.node(input);
      if (leaf.primitive != &variable_primitive()) continue;
      const std::string& name = variables[static_cast<std::size_t>(leaf.attributes.ints[0])].name;
      const std::string owner = name.substr(0, name.find('/'));
      if (g.networks.contains(owner)) read.insert(" " + owner);
    }
  return fmt::format("{}", fmt::join(read, ""));
}

}  // namespace

std::string dot(const Graph& graph) {
  const Graph::Impl& g = graph.impl();
  std::string text = fmt::format("digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box];\n", g.name);
  for (std::size_t p = 0; p < g.phases.size(); ++p) {
    text += fmt::format("  subgraph cluster_{} {{\n    label=\"{} x {}\";\n", p, g.phases[p].name,
                        g.phases[p].count.text());
    for (int n : g.phase_nodes(static_cast<int>(p)))
      if (g.phase_of(n) == static_cast<int>(p)) text += fmt::format("    n{};\n", n);
    text += "  }\n";
  }
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    const GraphNode& node = g.nodes[n];
    std::string outputs = node.value ? "\\n" + node.value.shape().str() : "";
    for (std::size_t i = 1; i < node.specs.size(); ++i)
      outputs += fmt::format("\\n{} {}", node.specs[i].name, node.specs[i].shape.str());
    text += fmt::format("  n{} [label=\"{}\\n{}{}{}\"];\n", n, node.name, node.type,
                        networks_of(g, node), outputs);
    std::set<int> from;
    for (ValueId id = node.begin; id < node.end; ++id)
      for (ValueId input : g.training.builder.node(id).inputs)
        if (!g.shared_leaf(input) && g.owner(input) != static_cast<int>(n))
          from.insert(g.owner(input));
    for (int f : from) text += fmt::format("  n{} -> n{};\n", f, n);
  }
  for (std::size_t e = 0; e < g.evaluations.size(); ++e) {
    text += fmt::format("  e{} [label=\"{}\" shape=ellipse];\n", e, g.evaluations[e].name);
    for (const int n : g.evaluations[e].nodes())
      text += fmt::format("  n{} -> e{} [style=dashed];\n", n, e);
  }
  return text + "}\n";
}

}  // namespace ganflow
