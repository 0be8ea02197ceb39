#include "engine/graph/dot.h"

#include <fmt/format.h>

#include "engine/graph/graph_impl.h"

namespace ganflow {

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
    text += fmt::format("  n{} [label=\"{}\\n{}{}\"];\n", n, node.name, node.type, outputs);
    std::set<int> from;
    for (ValueId id = node.begin; id < node.end; ++id)
      for (ValueId input : g.training.builder.node(id).inputs)
        if (!g.shared_leaf(input) && g.owner(input) != static_cast<int>(n))
          from.insert(g.owner(input));
    for (int f : from) text += fmt::format("  n{} -> n{};\n", f, n);
  }
  for (std::size_t e = 0; e < g.evaluations.size(); ++e)
    text += fmt::format("  e{} [label=\"{}\" shape=ellipse];\n  n{} -> e{} [style=dashed];\n", e,
                        g.evaluations[e].name, g.evaluations[e].node, e);
  return text + "}\n";
}

}  // namespace ganflow
