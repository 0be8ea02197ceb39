#include "engine/graph/network_summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/graph/graph_impl.h"

namespace ganflow {
namespace {

double multiply_adds(const Program& program, ValueId begin, ValueId end) {
  double total = 0;
  for (ValueId id = begin; id < end; ++id) {
    const Node& node = program.nodes[id];
    total += node.primitive->multiply_adds(input_types(program, node), node.attributes);
  }
  return total;
}

std::string count(double n) {
  return n >= 1e6   ? fmt::format("{:.2f} M", n / 1e6)
         : n >= 1e4 ? fmt::format("{:.1f} k", n / 1e3)
                    : fmt::format("{:.0f}", n);
}

}  // namespace

std::vector<NetworkSummary> summarize(const Graph& graph) {
  const Graph::Impl& g = graph.impl();
  const Program& program = g.training.builder.program();
  std::vector<NetworkSummary> result;
  for (const GraphLayer& layer : g.layers) {
    const bool made_of_layers = std::any_of(
        g.layers.begin(), g.layers.end(),
        [&](const GraphLayer& other) { return other.name.starts_with(layer.name + "/"); });
    if (made_of_layers) continue;
    const std::string network = layer.name.substr(0, layer.name.find('/'));
    auto at = std::find_if(result.begin(), result.end(),
                           [&](const NetworkSummary& n) { return n.name == network; });
    if (at == result.end()) at = result.insert(at, {.name = network, .layers = {}});
    LayerSummary row{.name = layer.name.substr(network.size() + 1), .row = layer.shape.without(0)};
    row.multiply_adds = multiply_adds(program, layer.begin, layer.end) /
                        static_cast<double>(std::max<Extent>(1, layer.shape.rows()));
    for (const VariableInfo& v : g.variables)
      if (v.name.starts_with(layer.name + "/"))
        (v.keep == Keep::parameter ? row.parameters : row.state) += v.shape.elements();
    at->multiply_adds += row.multiply_adds;
    at->layers.push_back(std::move(row));
  }
  for (NetworkSummary& network : result)
    for (const VariableInfo& v : g.variables)
      if (v.name.starts_with(network.name + "/"))
        (v.keep == Keep::parameter ? network.parameters : network.state) += v.shape.elements();
  return result;
}

std::string describe(const std::vector<NetworkSummary>& networks) {
  std::string text;
  for (const NetworkSummary& n : networks) {
    text += fmt::format("network {}\n  {:<22} {:<16} {:>12} {:>12} {:>14}\n", n.name, "layer",
                        "result", "parameters", "state", "multiply-adds");
    for (const LayerSummary& l : n.layers)
      text += fmt::format("  {:<22} {:<16} {:>12} {:>12} {:>14}\n", l.name, l.row.str(),
                          l.parameters, l.state, count(l.multiply_adds));
    text += fmt::format("  {:<22} {:<16} {:>12} {:>12} {:>14}\n", "total", "a sample", n.parameters,
                        n.state, count(n.multiply_adds));
  }
  return text;
}

}  // namespace ganflow
