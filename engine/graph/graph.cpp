#include "engine/graph/graph.h"

#include <fmt/ranges.h>

#include <limits>

#include "engine/error.h"
#include "engine/graph/dot.h"
#include "engine/graph/graph_check.h"
#include "engine/graph/graph_impl.h"
#include "engine/program/leaves.h"

namespace ganflow {

namespace {

constexpr Extent kMostRows = std::numeric_limits<std::int32_t>::max();
constexpr Step kMostSteps = std::numeric_limits<std::int64_t>::max();  // a column of rows

void require_sizes(const std::string& where, Extent batch, Step steps) {
  if (batch < 1 || batch > kMostRows)
    fail(Fault::usage, "{}batch {}: a batch has 1 to {} rows", where, batch, kMostRows);
  if (steps < 1 || steps > kMostSteps)
    fail(Fault::usage, "{}steps {}: a run has 1 to {} critic updates", where, steps, kMostSteps);
}

}  // namespace

Graph::Graph(std::string name, GraphSettings settings) : impl_(std::make_unique<Impl>()) {
  require_sizes("--", settings.batch.value_or(1), settings.steps.value_or(1));
  impl_->name = std::move(name);
  impl_->options = {impl_->name, settings.values};
  impl_->settings = std::move(settings);
}
Graph::~Graph() = default;

void Graph::defaults(GraphDefaults defaults) {
  if (!impl_->nodes.empty())
    fail(Fault::usage, "graph {}: defaults() must come before the first node '{}'", impl_->name,
         impl_->nodes[0].name);
  require_sizes("graph " + impl_->name + ": defaults: ", defaults.batch, defaults.steps);
  if (defaults.unit < 1)
    fail(Fault::usage, "graph {}: defaults: unit {}: a step is at least 1 critic update",
         impl_->name, defaults.unit);
  impl_->defaults = defaults;
}

Extent Graph::batch() const { return impl_->batch(); }
Step Graph::steps() const {
  const Step steps = impl_->settings.steps.value_or(impl_->defaults.steps);
  const Step unit = impl_->defaults.unit;
  if (steps > kMostSteps / unit)
    fail(Fault::usage, "--steps {}: steps of {} critic updates each are more than can be counted",
         steps, unit);
  return steps * unit;
}
const std::string& Graph::name() const { return impl_->name; }

namespace {

// The outputs of a source are consecutive inputs of the program; the main one.
Value source_outputs(Formula& f, const std::string& name, const std::vector<PortSpec>& specs) {
  const Value main = input(f.builder(), name, {specs[0].shape, DType::real});
  for (std::size_t i = 1; i < specs.size(); ++i)
    input(f.builder(), name + "." + specs[i].name, {specs[i].shape, DType::real});
  return main;
}

}  // namespace

int Graph::option(const Option<int>& o) { return impl_->options.value(o); }
double Graph::option(const Option<double>& o) { return impl_->options.value(o); }
bool Graph::option(const Option<bool>& o) { return impl_->options.value(o); }
std::string Graph::option(const Option<std::string>& o) { return impl_->options.value(o); }
std::string Graph::chosen(const std::string& option, const std::string& initial,
                          const std::vector<std::string>& names, const std::string& help) {
  return impl_->options.chosen(option, initial, names, help);
}

std::string Graph::data(const std::string& value) {
  if (!impl_->data) impl_->data = impl_->settings.data.value_or(value);
  return impl_->settings.data.value_or(value);
}

void Graph::note(const std::string& sentence) { impl_->notes.push_back(sentence); }
const std::vector<std::string>& Graph::notes() const { return impl_->notes; }

void Graph::keep_images(const std::string& set, ImageRecord record) {
  impl_->images[set] = std::move(record);
}

const std::map<std::string, ImageRecord>& Graph::images() const { return impl_->images; }

const ImageRecord* Graph::kept_images(const std::string& set) const {
  const auto found = impl_->settings.images.find(set);
  return found == impl_->settings.images.end() ? nullptr : &found->second;
}

Scalar Graph::scalar(const std::string& name, Schedule schedule, const Range& range,
                     const std::string& help) {
  require_name(impl_->name, "scalar", name);
  impl_->scalar_index(name, schedule, range, help);
  return {name, std::move(schedule)};
}

Scalar Graph::own_scalar(const std::string& name, const Scalar& other, const std::string& help) {
  require_name(impl_->name, "scalar", name);
  if (!impl_->options.setting(name)) {
    impl_->followers.push_back({name, other.name, "schedule", help, other.name});
    return other;
  }
  const int index = impl_->scalar_index(name, other.schedule, any_number(), help);
  impl_->scalars[static_cast<std::size_t>(index)].initial = other.name;
  return {name, other.schedule};
}

Network Graph::network(const std::string& name, Network::Forward forward) {
  require_name(impl_->name, "network", name);
  if (!impl_->networks.insert(name).second)
    fail(Fault::usage, "graph {}: two networks are named '{}'", impl_->name, name);
  return {name, std::move(forward)};
}

Port Graph::add_source(const std::string& name, const std::string& type,
                       const std::function<std::shared_ptr<const Source>()>& open) {
  GraphNode node{.name = name, .type = type};
  try {
    node.source = open();
  } catch (const Error& error) {
    std::string why = error.what();
    if (why.starts_with(name + ": ")) why.erase(0, name.size() + 2);
    throw Error(error.fault(), fmt::format("{} ({}): {}", name, type, why));
  }
  if (!node.source)
    fail(Fault::usage, "{} ({}): its open() returned nothing, it must return a source", name, type);
  impl_->stream("source", name);
  const auto size = node.source->size();
  if (size && *size == 0) fail(Fault::usage, "{} ({}): the set has no item", name, type);
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
    require_port(*this, fmt::format("{} ({}): input {}", name, type, values.size()), port);
    node.inputs.push_back(port.node());
    node.input_outputs.push_back(port.index());
    const GraphNode& from = impl_->nodes[port.node()];
    names.push_back(port.index() == 0 ? from.name
                                      : from.name + "." + from.specs[port.index()].name);
    values.push_back(impl_->value(port));
  }
  if (node.anonymous) node.name = fmt::format("{}({})", type, fmt::join(names, ","));
  return {*this, impl_->append(node, [&](Formula& f) { return node.trace(f, std::span(values)); })};
}

Port Graph::again(const std::string& name, Port port) {
  require_port(*this, name, port);
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
  require_name(impl_->name, "phase", name);
  for (const GraphPhase& phase : impl_->phases)
    if (phase.name == name)
      fail(Fault::usage, "graph {}: two phases are named '{}'", impl_->name, name);
  require_free_name(*impl_, "phase", name);
  impl_->phases.push_back(
      {.name = name, .count = std::move(count), .steps = {}, .roots = {}, .objectives = {}});
  return {*this, static_cast<int>(impl_->phases.size()) - 1};
}

void Graph::tap(const std::string& name, Port port, const TapText& text) {
  require_name(impl_->name, "tap", name);
  require_port(*this, "tap " + name, port);
  if (port.shape().rank() > 1)
    fail(Fault::usage, "tap {}: '{}' has shape {}; a tap takes a number or a vector over the batch",
         name, port.name(), port.shape().str());
  for (const PortTap& tap : impl_->port_taps)
    if (tap.name == name)
      fail(Fault::usage, "graph {}: two taps are named '{}'", impl_->name, name);
  if (name == "step")
    fail(Fault::usage, "tap step: every table has a column 'step' already; choose another name");
  impl_->port_taps.push_back({name, port.node(), impl_->value(port).id(), text});
}

void Graph::sample(const std::string& name, Port samples, Picture picture, Every every, Extent n) {
  require_name(impl_->name, "sample", name);
  require_free_name(*impl_, "sample", name);
  require_rows(*this, name, samples);
  if (n < 1) fail(Fault::usage, "{}: n is {}, it must be at least 1", name, n);
  require_drawable(name, picture, samples.shape().without(0));
  if (impl_->settings.sample_every) every.steps = *impl_->settings.sample_every;
  impl_->evaluations.push_back({name, nullptr, samples.node(), samples.index(), every, picture, n});
}

void Graph::add_evaluation(const std::string& name, const std::string& type,
                           std::shared_ptr<const Metric> metric, const std::vector<Port>& ports,
                           Every every) {
  require_name(impl_->name, "metric", name);
  require_free_name(*impl_, "metric", name);
  const std::string label = name + " (" + type + ")";
  if (!metric)
    fail(Fault::usage, "{}: its open() returned nothing, it must return a metric", label);
  if (const auto seen = metric->seen()) {
    require_free_name(*impl_, "metric", seen->name);
    require_drawable(seen->name, seen->picture, seen->row);
  }
  require_ports(label, *metric, ports.size());
  for (const Port& port : ports) require_rows(*this, name, port);
  require_measurable(label, *metric, ports[0].shape().without(0));
  if (impl_->settings.evaluate_every) every.steps = *impl_->settings.evaluate_every;
  for (const auto& [option, scalar] : metric->scalars())
    impl_->scalar_index(scalar.name.empty() ? name + "." + option : scalar.name, scalar.schedule,
                        scalar.range, scalar.help);
  GraphEvaluation made{name, std::move(metric), ports[0].node(), ports[0].index(), every, {}, 0};
  for (std::size_t i = 1; i < ports.size(); ++i)
    made.beside.emplace_back(ports[i].node(), ports[i].index());
  impl_->evaluations.push_back(std::move(made));
}

void Graph::check() const { check_graph(*impl_); }
std::string Graph::dot() const { return ganflow::dot(*this); }

std::vector<OptionInfo> Graph::options() const {
  std::vector<OptionInfo> all = impl_->options.all();
  for (const GraphScalar& s : impl_->scalars)
    all.push_back({.name = s.name,
                   .initial = s.initial,
                   .allowed = "schedule" + (s.range == any_number() ? "" : ", " + s.range.text()),
                   .help = s.help,
                   .value = s.schedule.text()});
  all.insert(all.end(), impl_->followers.begin(), impl_->followers.end());
  return all;
}

std::vector<std::pair<std::string, std::string>> Graph::option_values() const {
  std::vector<std::pair<std::string, std::string>> values;
  if (impl_->data) values.emplace_back("data", *impl_->data);
  for (const OptionInfo& o : impl_->options.all()) values.emplace_back(o.name, o.value);
  values.emplace_back("batch", std::to_string(batch()));
  // As --steps would say it.
  values.emplace_back("steps",
                      std::to_string(impl_->settings.steps.value_or(impl_->defaults.steps)));
  for (const GraphScalar& s : impl_->scalars) values.emplace_back(s.name, s.schedule.text());
  for (const OptionInfo& o : impl_->followers) values.emplace_back(o.name, o.value);
  for (const GraphPhase& p : impl_->phases) values.emplace_back("phase." + p.name, p.count.text());
  return values;
}

}  // namespace ganflow
