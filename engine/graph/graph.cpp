#include "engine/graph/graph.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/program/leaves.h"
#include "engine/suggest.h"

namespace ganflow {

std::string detail::type_name(const char* pretty_function) {
  std::string_view text = pretty_function;  // "... [with T = ns::Name; ...]"
  const auto begin = text.find("T = ") + 4;
  text = text.substr(begin, text.find_first_of(";]", begin) - begin);
  if (text.find("lambda") != text.npos || text.find('<') != text.npos) return "formula";
  const auto colon = text.rfind(':');
  return std::string(colon == text.npos ? text : text.substr(colon + 1));
}

Shape Port::shape() const { return graph_->impl().value(*this).shape(); }
const std::string& Port::name() const { return graph_->impl().nodes[node_].name; }
std::shared_ptr<const Source> Port::source() const { return graph_->impl().nodes[node_].source; }

int Port::find_output(const std::string& name) const {
  const std::vector<PortSpec>& specs = graph_->impl().nodes[node_].specs;
  for (std::size_t i = 1; i < specs.size(); ++i)
    if (specs[i].name == name) return static_cast<int>(i);
  return -1;
}

bool Port::has_output(const std::string& name) const { return find_output(name) >= 0; }

Port Port::output(const std::string& name) const {
  const int index = find_output(name);
  if (index < 0) {
    const GraphNode& node = graph_->impl().nodes[node_];
    std::vector<std::string> names;
    for (std::size_t i = 1; i < node.specs.size(); ++i) names.push_back(node.specs[i].name);
    fail(Fault::usage, "{}: it has no output '{}', {}", node.label(), name,
         names.empty() ? "its main output is the only one"
                       : fmt::format("beside its main output there is {}", fmt::join(names, ", ")));
  }
  return {*graph_, node_, index};
}

Extent Port::classes() const {
  const std::vector<PortSpec>& specs = graph_->impl().nodes[node_].specs;
  return specs.empty() ? 0 : specs[static_cast<std::size_t>(index_)].classes;
}

Graph::Graph(std::string name, GraphSettings settings) : impl_(std::make_unique<Impl>()) {
  impl_->name = std::move(name);
  impl_->settings = std::move(settings);
}
Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;

void Graph::defaults(GraphDefaults defaults) {
  if (!impl_->nodes.empty())
    fail(Fault::usage, "graph {}: defaults() must come before the first node '{}'", impl_->name,
         impl_->nodes[0].name);
  impl_->defaults = defaults;
}

Extent Graph::batch() const { return impl_->batch(); }
Step Graph::steps() const {
  const Step steps = impl_->settings.steps.value_or(impl_->defaults.steps);
  const Step unit = impl_->defaults.unit;
  if (steps > std::numeric_limits<Step>::max() / unit)
    fail(Fault::usage, "--steps {}: steps of {} critic updates each are more than can be counted",
         steps, unit);
  return steps * unit;
}
const std::string& Graph::name() const { return impl_->name; }

namespace {

template <class T>
T parse_number(const std::string& name, const std::string& text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size())
    fail(Fault::usage, "--set {}={}: the option is {} number", name, text,
         std::is_integral_v<T> ? "a whole" : "a");
  return value;
}

// The outputs of a source are consecutive inputs of the program; the main one.
Value source_outputs(Formula& f, const std::string& name, const std::vector<PortSpec>& specs) {
  const Value main = input(f.builder(), name, {specs[0].shape, DType::real});
  for (std::size_t i = 1; i < specs.size(); ++i)
    input(f.builder(), name + "." + specs[i].name, {specs[i].shape, DType::real});
  return main;
}

}  // namespace

void Graph::Impl::record(const std::string& option, const std::string& value) {
  for (const auto& [known, old] : options)
    if (known == option) return;
  options.emplace_back(option, value);
}

int Graph::option(const std::string& name, int value) {
  if (const std::string* text = impl_->setting(name)) value = parse_number<int>(name, *text);
  impl_->record(name, std::to_string(value));
  return value;
}

double Graph::option(const std::string& name, double value) {
  if (const std::string* text = impl_->setting(name)) value = parse_number<double>(name, *text);
  impl_->record(name, fmt::format("{}", value));
  return value;
}

std::string Graph::option(const std::string& name, const std::string& value) {
  const std::string* text = impl_->setting(name);
  impl_->record(name, text ? *text : value);
  return text ? *text : value;
}

namespace {

template <class T>
T in_range(const Option<T>& option, T value) {
  if (!option.range.contains(static_cast<double>(value)))
    fail(Fault::usage, "--set {}={}: {} must be {}", option.name, value, option.name,
         option.range.text());
  return value;
}

}  // namespace

int Graph::option(const Option<int>& o) { return in_range(o, option(o.name, o.value)); }
double Graph::option(const Option<double>& o) { return in_range(o, option(o.name, o.value)); }
std::string Graph::option(const Option<std::string>& o) { return option(o.name, o.value); }

bool Graph::option(const Option<bool>& o) {
  const std::string text = option(o.name, std::string(o.value ? "1" : "0"));
  return choose<bool>("--set " + o.name + "=" + text, "truth value", text,
                      {{"0", false}, {"1", true}, {"false", false}, {"true", true}});
}

std::string Graph::data(const std::string& value) {
  impl_->used_settings.insert("--data");
  const std::string chosen = impl_->settings.data.value_or(value);
  impl_->record("data", chosen);
  return chosen;
}

void Graph::note(const std::string& sentence) { impl_->notes.push_back(sentence); }
const std::vector<std::string>& Graph::notes() const { return impl_->notes; }

Scalar Graph::scalar(const std::string& name, Schedule schedule) {
  impl_->scalar_index(name, schedule);
  return {name, std::move(schedule)};
}

Network Graph::network(const std::string& name, Network::Forward forward) {
  if (name.empty() || !impl_->networks.insert(name).second)
    fail(Fault::usage, "graph {}: two networks are named '{}'", impl_->name, name);
  return {name, std::move(forward)};
}

Port Graph::add_source(const std::string& name, const std::string& type,
                       const std::function<std::shared_ptr<const Source>()>& open) {
  GraphNode node{.name = name, .type = type};
  try {
    node.source = open();
  } catch (const Error& error) {
    throw Error(error.fault(), fmt::format("{} ({}): {}", name, type, error.what()));
  }
  const auto size = node.source->size();
  if (size && *size < static_cast<std::uint64_t>(batch()))
    fail(Fault::usage,
         "{} ({}): the batch of {} is larger than the set of {} items; use --batch {}", name, type,
         batch(), *size, *size);
  node.specs = node.source->outputs(batch());
  if (node.specs.empty() || node.specs.size() > kMostOutputs)
    fail(Fault::usage, "{} ({}): it has {} outputs, a source has 1 to {}", name, type,
         node.specs.size(), kMostOutputs);
  const std::vector<PortSpec> specs = node.specs;
  return {*this, impl_->append(std::move(node),
                               [&](Formula& f) { return source_outputs(f, name, specs); })};
}

Port Graph::add_formula(const std::string& name, const std::string& type, detail::Body trace,
                        std::vector<Port> inputs) {
  GraphNode node{.name = name, .type = type, .trace = std::move(trace)};
  node.anonymous = name.empty();
  std::vector<std::string> names;
  std::vector<Value> values;
  for (const Port& port : inputs) {
    if (port.node() < 0 || &port.graph() != this)
      fail(Fault::usage, "{} ({}): input {} is not a port of graph {}", name, type, values.size(),
           impl_->name);
    node.inputs.push_back(port.node());
    const GraphNode& from = impl_->nodes[port.node()];
    if (!from.value)
      fail(Fault::usage, "{} ({}): input {} '{}' has no output", name, type, values.size(),
           from.name);
    names.push_back(port.index() == 0 ? from.name
                                      : from.name + "." + from.specs[port.index()].name);
    values.push_back(impl_->value(port));
  }
  if (node.anonymous) node.name = fmt::format("{}({})", type, fmt::join(names, ","));
  return {*this, impl_->append(node, [&](Formula& f) { return node.trace(f, std::span(values)); })};
}

Port Graph::again(const std::string& name, Port port) {
  const GraphNode from = impl_->nodes[port.node()];
  if (!from.inputs.empty() || !impl_->variables_below(from.value).empty())
    fail(Fault::usage, "{}: {} cannot be drawn again, it has inputs; take what it draws from", name,
         from.label());
  GraphNode node{.name = name, .type = from.type, .source = from.source, .trace = from.trace};
  node.specs = from.specs;
  node.again = port.node();
  const int made = impl_->append(std::move(node), [&](Formula& f) {
    return from.source ? source_outputs(f, name, from.specs) : from.trace(f, {});
  });
  return {*this, made, port.index()};
}

Phase Graph::phase(const std::string& name, Count count) {
  for (const GraphPhase& phase : impl_->phases)
    if (phase.name == name)
      fail(Fault::usage, "graph {}: two phases are named '{}'", impl_->name, name);
  impl_->phases.push_back(
      {.name = name, .count = std::move(count), .steps = {}, .roots = {}, .objectives = {}});
  return {*this, static_cast<int>(impl_->phases.size()) - 1};
}

void Graph::tap(const std::string& name, Port port) {
  if (port.shape().rank() > 1)
    fail(Fault::usage, "tap {}: '{}' has shape {}; a tap takes a number or a vector over the batch",
         name, port.name(), port.shape().str());
  impl_->port_taps.push_back({name, port.node(), impl_->value(port).id()});
}

void Graph::sample(const std::string& name, Port samples, Picture picture, Every every, Extent n) {
  if (impl_->settings.sample_every) every.steps = *impl_->settings.sample_every;
  impl_->evaluations.push_back({name, nullptr, samples.node(), every, picture, n});
}

void Graph::add_evaluation(const std::string& name, std::shared_ptr<const Metric> metric,
                           Port samples, Every every, Picture picture, Extent n) {
  if (impl_->settings.evaluate_every) every.steps = *impl_->settings.evaluate_every;
  for (const auto& [option, scalar] : metric->scalars())
    impl_->scalar_index(scalar.name.empty() ? name + "." + option : scalar.name, scalar.schedule);
  impl_->evaluations.push_back({name, std::move(metric), samples.node(), every, picture, n});
}

std::vector<std::pair<std::string, std::string>> Graph::option_values() const {
  auto values = impl_->options;
  values.emplace_back("batch", std::to_string(batch()));
  values.emplace_back("steps", std::to_string(steps()));
  for (const GraphScalar& s : impl_->scalars) values.emplace_back(s.name, s.schedule.text());
  for (const GraphPhase& p : impl_->phases) values.emplace_back("phase." + p.name, p.count.text());
  return values;
}

}  // namespace ganflow
