#include "engine/graph/graph_impl.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/coupling.h"
#include "engine/program/leaves.h"
#include "engine/suggest.h"
#include "engine/tensor/philox.h"

namespace ganflow {

int Graph::Impl::find(const std::string& node) const {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].name == node) return static_cast<int>(i);
  return -1;
}

int Graph::Impl::append(GraphNode node, const std::function<Value(Formula&)>& body) {
  if (node.name.empty())
    fail(Fault::usage, "graph {}: a node of type {} has no name", name, node.type);
  if (find(node.name) >= 0) {
    if (!node.anonymous)
      fail(Fault::usage, "graph {}: two nodes are named '{}' ({} and {})", name, node.name,
           nodes[find(node.name)].type, node.type);
    for (int copy = 2; find(node.name) >= 0; ++copy)
      node.name = fmt::format("{}#{}", node.name.substr(0, node.name.find('#')), copy);
  }
  Builder& builder = training.builder;
  training.batch = batch();
  if (training.batch < 1)
    fail(Fault::usage, "--batch {}: a batch has at least 1 row", training.batch);
  const std::uint32_t before = builder.set_origin(builder.origin(node.label()));
  node.begin = static_cast<ValueId>(builder.program().nodes.size());
  const int index = static_cast<int>(nodes.size());
  // Draws of another node have its name, and its count of draws.
  const auto draws = training.draws;
  if (node.again >= 0) training.draws.clear();
  NodeFormula formula(*this, training, index, node.again < 0 ? node.name : nodes[node.again].name);
  try {
    node.value = body(formula);
    if (node.again >= 0) training.draws = draws;
    // A formula that returns a leaf (a scalar, say) gets a value of its own to be known by.
    if (node.trace && node.value && shared_leaf(node.value.id()))
      node.value = affine(node.value, 1, 0);
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with(node.label())) throw;
    throw Error(error.fault(), node.label() + ": " + error.what());
  }
  node.end = static_cast<ValueId>(builder.program().nodes.size());
  builder.set_origin(before);
  nodes.push_back(std::move(node));
  return index;
}

int Graph::Impl::scalar_index(const std::string& scalar, const Schedule& schedule) {
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    if (scalars[i].name != scalar) continue;
    if (scalars[i].schedule.text() != schedule.text() && !settings.values.contains(scalar))
      fail(Fault::usage, "graph {}: scalar '{}' is given as {} and as {}", name, scalar,
           scalars[i].schedule.text(), schedule.text());
    return static_cast<int>(i);
  }
  const std::string* text = setting(scalar);
  scalars.push_back({scalar, text ? parse_schedule(*text) : schedule});
  return static_cast<int>(scalars.size()) - 1;
}

const VariableInfo* Graph::Impl::variable(const std::string& variable) const {
  for (const VariableInfo& v : variables)
    if (v.name == variable) return &v;
  return nullptr;
}

const std::string* Graph::Impl::setting(const std::string& option) {
  const auto found = settings.values.find(option);
  if (found == settings.values.end()) return nullptr;
  used_settings.insert(option);
  return &found->second;
}

int Graph::Impl::owner(ValueId id) const {
  const auto after = std::upper_bound(nodes.begin(), nodes.end(), id,
                                      [](ValueId v, const GraphNode& n) { return v < n.end; });
  return static_cast<int>(after - nodes.begin());
}

bool Graph::Impl::shared_leaf(ValueId id) const {
  const Primitive* primitive = training.builder.node(id).primitive;
  return primitive == &variable_primitive() || primitive == &full_primitive() ||
         training.scalar_of.contains(id);
}

std::vector<int> Graph::Impl::ancestors(const std::vector<int>& roots) const {
  std::vector<bool> wanted(nodes.size(), false);
  for (int root : roots) wanted[root] = true;
  for (int i = static_cast<int>(nodes.size()) - 1; i >= 0; --i) {
    if (!wanted[i]) continue;
    for (ValueId id = nodes[i].begin; id < nodes[i].end; ++id)
      for (ValueId input : training.builder.node(id).inputs)
        if (!shared_leaf(input)) wanted[owner(input)] = true;
    // A formula that passes its input on owns no program node: its value's owner is needed.
    if (nodes[i].value && !shared_leaf(nodes[i].value.id()))
      wanted[owner(nodes[i].value.id())] = true;
  }
  std::vector<int> result;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (wanted[i]) result.push_back(static_cast<int>(i));
  return result;
}

int Graph::Impl::phase_of(int node) const {
  const std::vector<int> needs = ancestors({node});
  int best = -1;
  std::size_t most = 0;
  for (std::size_t p = 0; p < phases.size(); ++p) {
    const std::vector<int> own = ancestors(phases[p].roots);
    std::vector<int> common;
    std::set_intersection(needs.begin(), needs.end(), own.begin(), own.end(),
                          std::back_inserter(common));
    if (common.size() > most) most = common.size(), best = static_cast<int>(p);
  }
  return best;
}

std::vector<int> Graph::Impl::phase_nodes(int phase) const {
  std::vector<int> roots = phases[phase].roots;
  for (const PortTap& tap : port_taps)
    if (phase_of(tap.node) == phase) roots.push_back(tap.node);
  return ancestors(roots);
}

std::set<std::string> Graph::Impl::variables_below(Value value) const {
  const Program& program = training.builder.program();
  std::vector<bool> needed(program.nodes.size());
  needed[value.id()] = true;
  std::set<std::string> names;
  for (ValueId id = value.id() + 1; id-- > 0;) {
    if (!needed[id]) continue;
    const Node& node = program.nodes[id];
    for (const ValueId input : node.inputs) needed[input] = true;
    if (node.primitive == &variable_primitive())
      names.insert(program.variables[static_cast<std::size_t>(node.attributes.ints[0])].name);
  }
  return names;
}

bool Graph::Impl::moves(const GraphPhase& phase, const PendingAssign& assign) const {
  const Program& program = training.builder.program();
  const std::int64_t slot = program.nodes[assign.variable].attributes.ints[0];
  const std::string& variable = program.variables[static_cast<std::size_t>(slot)].name;
  const std::string owner = variable.substr(0, variable.find('/'));
  return !networks.contains(owner) || phase.networks.contains(owner);
}

Value NodeFormula::scalar(const std::string& option, const Scalar& value) {
  const std::string slot = value.name.empty() ? name_ + "." + option : value.name;
  const int index = graph_.scalar_index(slot, value.schedule);
  const auto found = tracing_.scalars.find(slot);
  if (found != tracing_.scalars.end()) return found->second;
  const Value leaf = input(tracing_.builder, slot, {Shape{}, DType::real});
  tracing_.scalars.emplace(slot, leaf);
  tracing_.scalar_of.emplace(leaf.id(), index);
  return leaf;
}

void NodeFormula::push_scope(const std::string& prefix) { scopes_.push_back(prefix); }
void NodeFormula::pop_scope() { scopes_.pop_back(); }

Value NodeFormula::variable(const std::string& name, Shape shape, Keep keep,
                            const Initializer& initializer) {
  const std::string full =
      (scopes_.empty() ? name_ + "/" : fmt::format("{}", fmt::join(scopes_, ""))) + name;
  if (const VariableInfo* known = graph_.variable(full)) {
    if (!(known->shape == shape) || known->keep != keep)
      fail(Fault::usage, "variable {} is used with shape {} and with shape {}", full,
           known->shape.str(), shape.str());
  } else {
    graph_.variables.push_back({full, shape, keep, initializer});
  }
  return ganflow::variable(tracing_.builder, full, {shape, DType::real});
}

std::vector<VariableInfo> NodeFormula::variables(const std::string& prefix) const {
  std::vector<VariableInfo> found;
  for (const VariableInfo& v : graph_.variables)
    if (v.name.starts_with(prefix)) found.push_back(v);
  return found;
}

void NodeFormula::assign(Value variable, Value value) {
  if (!tracing_.training) return;
  if (!(variable.type() == value.type()))
    fail(Fault::usage, "assign: the variable has shape {}, the value {}", variable.shape().str(),
         value.shape().str());
  graph_.assigns.push_back({index_, variable.id(), value.id()});
}

std::uint32_t NodeFormula::stream(const std::string& draw) {
  std::string full = tracing_.stream_prefix + name_ + "." + draw;
  if (const int seen = tracing_.draws[full]++) full += fmt::format("#{}", seen);
  return stream_id(full);
}

void NodeFormula::tap(const std::string& name, Value value) {
  if (!tracing_.training) return;
  if (value.shape().rank() > 1)
    fail(Fault::usage, "tap {}: shape {}; a tap takes a number or a vector over the batch", name,
         value.shape().str());
  graph_.taps.push_back({index_, name_ + "." + name, affine(value, 1, 0).id()});
}

void NodeFormula::layer(const std::string& name, ValueId begin, Value y) {
  if (!tracing_.training) return;
  const std::string full = fmt::format("{}", fmt::join(scopes_, "")) + name;
  graph_.traced_layers.push_back({full, y.shape(), begin, y.id() + 1});
  for (const GraphLayer& known : graph_.layers)
    if (known.name == full) return;
  const auto end = static_cast<ValueId>(tracing_.builder.program().nodes.size());
  graph_.layers.push_back({full, y.shape(), begin, end});
}

void Graph::Impl::check_slopes() const {
  const Builder& builder = training.builder;
  for (const Builder::Slope& slope : builder.slopes()) {
    const int node = owner(slope.value);
    if (!nodes[node].trace || couples.contains(node) || shared_leaf(slope.by)) continue;
    const auto mixing = row_coupling(builder.program(), slope.value, slope.by);
    if (!mixing) continue;
    std::string layer;  // the innermost
    for (const GraphLayer& l : traced_layers)
      if (layer.empty() && l.begin <= *mixing && *mixing < l.end)
        layer = fmt::format("layer '{}', ", l.name);
    fail(Fault::usage,
         "{}: the slope of a sample goes through {}{} {}, which mixes the samples of a batch, so a "
         "score has no slope of its own; take LayerNorm instead of BatchNorm, or force it with "
         ".coupled = true (--set coupled=1 in the ready graphs)",
         nodes[node].label(), layer, builder.node(*mixing).primitive->name(),
         builder.type(*mixing).shape.str());
  }
}

void Graph::check() const {
  const Impl& g = *impl_;
  g.check_slopes();
  if (g.phases.empty())
    fail(Fault::usage,
         "graph {}: nothing to train, there is no phase; call phase(...).minimize(...)", g.name);
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
    for (int node : g.ancestors({e.node})) used.insert(node);
  for (std::size_t i = 0; i < g.nodes.size(); ++i)
    if (!used.contains(static_cast<int>(i)) && g.nodes[i].begin != g.nodes[i].end)
      fail(Fault::usage,
           "{}: no phase, tap or evaluation uses this node; wire its output or remove it",
           g.nodes[i].label());
  std::vector<std::string> known;
  for (const auto& [name, value] : g.options) known.push_back(name);
  for (const GraphScalar& s : g.scalars) known.push_back(s.name);
  for (const auto& [name, value] : g.settings.values)
    if (!g.used_settings.contains(name))
      fail(Fault::usage, "--set {}: graph {} has no such option{}", name, g.name,
           suggestion(name, known));
  if (g.settings.data && !g.used_settings.contains("--data"))
    fail(Fault::usage, "--data {}: graph {} takes no data set, its nodes make their own",
         *g.settings.data, g.name);
}

}  // namespace ganflow
