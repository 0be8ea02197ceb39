#include "engine/graph/graph_impl.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/error.h"
#include "engine/graph/graph_check.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "engine/tensor/philox.h"

namespace ganflow {

namespace {

// 64 GiB of floats. Random numbers count elements below 2^34 (philox.h): beyond they would repeat.
constexpr double kMostElements = 0x1p34;

bool too_large(const Shape& shape) {
  double elements = 1;  // no product of extents wraps
  for (const Extent extent : shape) elements *= static_cast<double>(extent);
  return elements > kMostElements;
}

Schedule set_schedule(const std::string& name, const std::string& text) {
  try {
    return parse_schedule(text);
  } catch (const Error& error) {
    throw Error(error.fault(), fmt::format("--set {}: {}", name, error.what()));
  }
}

}  // namespace

int Graph::Impl::find(const std::string& node) const {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].name == node) return static_cast<int>(i);
  return -1;
}

int Graph::Impl::append(GraphNode node, const std::function<Value(Formula&)>& body) {
  if (!node.anonymous) require_name(name, "node", node.name);
  if (find(node.name) >= 0) {
    if (!node.anonymous)
      fail(Fault::usage, "graph {}: two nodes are named '{}' ({} and {})", name, node.name,
           nodes[find(node.name)].type, node.type);
    for (int copy = 2; find(node.name) >= 0; ++copy)
      node.name = fmt::format("{}#{}", node.name.substr(0, node.name.find('#')), copy);
  }
  Builder& builder = training.builder;
  training.batch = batch();
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
    node.end = static_cast<ValueId>(builder.program().nodes.size());
    for (ValueId id = node.begin; id < node.end; ++id)
      if (const Shape& shape = builder.type(id).shape; too_large(shape))
        fail(Fault::usage, "shape {} has more than {} elements; lower its sizes", shape.str(),
             kMostElements);
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with(node.label())) throw;
    throw Error(error.fault(), node.label() + ": " + error.what());
  }
  builder.set_origin(before);
  nodes.push_back(std::move(node));
  return index;
}

int Graph::Impl::scalar_index(const std::string& scalar, const Schedule& schedule,
                              const Range& range, const std::string& help) {
  const std::string* text = options.setting(scalar);
  auto at = std::find_if(scalars.begin(), scalars.end(),
                         [&](const GraphScalar& s) { return s.name == scalar; });
  if (at == scalars.end()) {
    at = scalars.insert(at, {scalar, schedule, schedule.text(), {}, {}});
    if (text) at->schedule = set_schedule(scalar, *text);
  } else if (at->initial != schedule.text() && !text) {
    fail(Fault::usage, "graph {}: scalar '{}' is given as {} and as {}", name, scalar, at->initial,
         schedule.text());
  }
  at->range = at->range.within(range);
  at->schedule = at->schedule.within(range, scalar);
  if (at->help.empty()) at->help = help;
  return static_cast<int>(at - scalars.begin());
}

std::uint32_t Graph::Impl::stream(const std::string& kind, const std::string& who) {
  const std::string full = fmt::format("{} '{}'", kind, who);
  const std::uint32_t id = stream_id(who);
  const auto [at, fresh] = streams.emplace(id, full);
  if (at->second != full)
    fail(Fault::usage,
         "graph {}: {} and {} would draw the same random numbers, their names hash alike; rename "
         "one of them",
         name, at->second, full);
  return id;
}

const VariableInfo* Graph::Impl::variable(const std::string& variable) const {
  for (const VariableInfo& v : variables)
    if (v.name == variable) return &v;
  return nullptr;
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

std::vector<PendingTap> Graph::Impl::phase_taps(int index) const {
  const GraphPhase& phase = phases[index];
  const std::vector<int> nodes_of_phase = phase_nodes(index);
  std::vector<PendingTap> result;
  const auto add = [&result](PendingTap tap) {  // loss + loss is one column
    const bool known = std::any_of(result.begin(), result.end(), [&](const PendingTap& other) {
      return other.name == tap.name && other.value == tap.value;
    });
    if (!known) result.push_back(std::move(tap));
  };
  for (const GraphObjective& o : phase.objectives) {
    const std::string front = phase.objectives.size() > 1 ? o.step + "." : "";
    add({-1, front + "objective", o.value, true});
    for (const auto& [term, value] : o.terms) add({-1, front + term, value});
  }
  for (const PendingTap& t : taps)
    if (std::binary_search(nodes_of_phase.begin(), nodes_of_phase.end(), t.node)) add(t);
  for (const PortTap& t : port_taps)
    if (phase_of(t.node) == index) add({-1, t.name, t.value, false, t.text});
  return result;
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

}  // namespace ganflow
