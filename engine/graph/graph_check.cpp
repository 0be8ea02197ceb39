#include "engine/graph/graph_check.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/program/coupling.h"

namespace ganflow {
namespace {

// No slope by samples goes through what mixes them.
void check_slopes(const Graph::Impl& g) {
  const Builder& builder = g.training.builder;
  for (const Builder::Slope& slope : builder.slopes()) {
    const int node = g.owner(slope.value);
    if (!g.nodes[node].trace || g.couples.contains(node) || g.shared_leaf(slope.by)) continue;
    const auto mixing = row_coupling(builder.program(), slope.value, slope.by);
    if (!mixing) continue;
    std::string layer;  // the innermost
    for (const GraphLayer& l : g.traced_layers)
      if (layer.empty() && l.begin <= *mixing && *mixing < l.end)
        layer = fmt::format("layer '{}', ", l.name);
    const auto advice = g.advice.find(node);
    fail(Fault::usage,
         "{}: the slope of a sample goes through {}{} {}, which mixes the samples of a batch, so a "
         "score has no slope of its own; {}",
         g.nodes[node].label(), layer, builder.node(*mixing).primitive->name(),
         builder.type(*mixing).shape.str(),
         advice != g.advice.end() ? advice->second
                                  : "take layers that keep samples apart, or say in the formula "
                                    "that it couples_samples()");
  }
}

void check_used(const Graph::Impl& g) {
  std::set<int> used;
  for (std::size_t p = 0; p < g.phases.size(); ++p) {
    if (g.phases[p].steps.empty())
      fail(Fault::usage, "graph {}: phase '{}' minimizes nothing", g.name, g.phases[p].name);
    for (int node : g.phase_nodes(static_cast<int>(p))) used.insert(node);
  }
  for (const GraphNode& node : g.nodes)
    if (node.again >= 0 && g.phase_of(node.again) < 0)
      fail(Fault::usage, "{}: it draws '{}' again, which no phase computes", node.label(),
           g.nodes[node.again].name);
  for (const PortTap& tap : g.port_taps)
    if (g.phase_of(tap.node) < 0)
      fail(Fault::usage, "tap {}: no phase computes '{}'", tap.name, g.nodes[tap.node].name);
  for (const GraphEvaluation& e : g.evaluations)
    for (int node : g.ancestors(e.nodes())) used.insert(node);
  for (std::size_t i = 0; i < g.nodes.size(); ++i)
    if (!used.contains(static_cast<int>(i)) && g.nodes[i].begin != g.nodes[i].end)
      fail(Fault::usage,
           "{}: no phase, tap or evaluation uses this node; wire its output or remove it",
           g.nodes[i].label());
}

// A table has one column of a name, "step" is its own.
void check_columns(const Graph::Impl& g) {
  for (std::size_t p = 0; p < g.phases.size(); ++p) {
    std::set<std::string> names{"step"};
    for (const PendingTap& tap : g.phase_taps(static_cast<int>(p)))
      for (const std::string& column :
           tap_columns(tap.name, g.training.builder.type(tap.value).shape.elements()))
        if (!names.insert(column).second)
          fail(Fault::usage,
               "graph {}: two columns of phase '{}' are named '{}'; rename the tap, or the node "
               "that is a term of the objective",
               g.name, g.phases[p].name, column);
  }
}

void check_settings(const Graph::Impl& g) {
  std::vector<std::string> scalars;
  for (const GraphScalar& s : g.scalars) scalars.push_back(s.name);
  for (const OptionInfo& o : g.followers) scalars.push_back(o.name);
  g.options.refuse_unknown(scalars);
  if (g.settings.data && !g.data)
    fail(Fault::usage, "--data {}: graph {} takes no data set, its nodes make their own",
         *g.settings.data, g.name);
}

}  // namespace

void require_name(const std::string& graph, const std::string& kind, const std::string& name) {
  if (name.empty()) fail(Fault::usage, "graph {}: a {} has no name", graph, kind);
  const bool control =
      std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (control || name[0] == '.' || name.find('/') != name.npos)
    fail(Fault::usage,
         "graph {}: a {} is named '{}': names become parts of paths and tables, so they have no "
         "'/' and no control characters and do not begin with '.'",
         graph, kind, name);
}

void require_port(const Graph& graph, const std::string& who, const Port& port) {
  if (!port.of(graph)) fail(Fault::usage, "{}: it is no port of graph {}", who, graph.name());
  if (!graph.impl().nodes[port.node()].value)
    fail(Fault::usage, "{}: '{}' has no output", who, port.name());
}

void require_rows(const Graph& graph, const std::string& who, const Port& port) {
  require_port(graph, who, port);
  const Shape shape = port.shape();
  if (shape.rank() < 1 || shape.rows() != graph.batch())
    fail(Fault::usage, "{}: '{}' has shape {}, samples are rows of a batch of {}: (N,...)", who,
         port.name(), shape.str(), graph.batch());
}

void require_free_name(const Graph::Impl& g, const std::string& kind, const std::string& name) {
  // Files and folders of a run, and what its timing calls everything that is in no phase.
  static const std::set<std::string> reserved = {"timing",     "rows",    "checkpoints", "run",
                                                 "evaluation", "metrics", "timing_rows"};
  if (reserved.contains(name))
    fail(Fault::usage, "graph {}: a {} is named '{}', which a run keeps for itself: rename it",
         g.name, kind, name);
  for (const GraphPhase& phase : g.phases)
    if (phase.name == name)
      fail(Fault::usage, "graph {}: a phase and this {} are named '{}': rename one of them", g.name,
           kind, name);
  for (const GraphEvaluation& e : g.evaluations) {
    const auto seen = e.metric ? e.metric->seen() : std::nullopt;
    if (e.name == name || (seen && seen->name == name))
      fail(Fault::usage, "graph {}: this {} and {} are both named '{}': rename one of them", g.name,
           kind, e.metric ? "a metric" : "a sample", name);
  }
}

void require_ports(const std::string& who, const Metric& metric, std::size_t ports) {
  const std::vector<std::string> beside = metric.beside();
  if (ports != 1 + beside.size())
    fail(Fault::usage, "{}: evaluate() is given {} port{}, it measures {}: {{samples{}{}}}", who,
         ports, ports == 1 ? "" : "s", 1 + beside.size(), beside.empty() ? "" : ", ",
         fmt::join(beside, ", "));
}

void require_measurable(const std::string& who, const Metric& metric, const Shape& row) {
  if (metric.samples() < 1)
    fail(Fault::usage, "{}: samples is {}, it must be at least 1", who, metric.samples());
  if (metric.together() < 1)
    fail(Fault::usage, "{}: together is {}, it must be at least 1", who, metric.together());
  if (const auto elements = metric.row_elements(); elements && *elements != row.elements())
    fail(Fault::usage, "{}: a generated sample {} has {} elements, it measures samples of {}", who,
         row.str(), row.elements(), *elements);
  std::set<std::string> names{"step"};
  for (const MetricColumn& column : metric.columns()) {
    if (column.name.empty()) fail(Fault::usage, "{}: one of its columns has no name", who);
    if (!names.insert(column.name).second)
      fail(Fault::usage, "{}: two columns are named '{}'{}", who, column.name,
           column.name == "step" ? ", one of them is every table's own" : "");
  }
  if (names.size() == 1) fail(Fault::usage, "{}: it has no columns", who);
}

void check_graph(const Graph::Impl& g) {
  check_slopes(g);
  if (g.phases.empty() && g.evaluations.empty())
    fail(Fault::usage,
         "graph {}: nothing to train, there is no phase; call phase(...).minimize(...)", g.name);
  check_used(g);
  check_columns(g);
  check_settings(g);
}

}  // namespace ganflow
