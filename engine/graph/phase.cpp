#include "engine/graph/phase.h"

#include "engine/error.h"
#include "engine/graph/graph_check.h"
#include "engine/graph/graph_impl.h"
#include "engine/program/affine.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"

namespace ganflow {

Count::Count(int n)
    : text_(std::to_string(n)), fixed_(n), most_(n), at_([n](std::uint64_t) { return n; }) {
  if (n < 0) fail(Fault::usage, "a phase occurs {} times, it must be at least 0", n);
}

Count::Count(std::string text, std::function<int(std::uint64_t macro)> at, std::optional<int> most)
    : text_(text),
      most_(most),
      at_([text = std::move(text), at = std::move(at), most](std::uint64_t macro) {
        const int n = at(macro);
        if (n < 0 || n > most.value_or(n))
          fail(Fault::usage,
               "a phase occurs {} times in macro-iteration {} ({}), it must be at least 0{}", n,
               macro, text, most ? fmt::format(" and at most {}", *most) : "");
        return n;
      }) {}

Phase& Phase::minimize(const std::string& name, Port objective,
                       const std::vector<Network>& networks, Optimizer optimizer) {
  Graph::Impl& graph = graph_->impl();
  require_name(graph.name, "node", name);
  require_port(*graph_, name + ": the objective", objective);
  const Value total = graph.value(objective);
  if (total.shape().rank() != 0)
    fail(Fault::usage, "{}: the objective '{}' must be one number, it has shape {}; take its mean",
         name, objective.name(), total.shape().str());
  // Those that the objective depends on: a network may have parts that are not in use yet.
  const std::set<std::string> used = graph.variables_below(total);
  std::vector<VariableInfo> parameters;
  for (const Network& network : networks)
    for (const VariableInfo& v : graph.variables)
      if (v.keep == Keep::parameter && v.name.starts_with(network.name() + "/") &&
          used.contains(v.name))
        parameters.push_back(v);
  if (parameters.empty())
    fail(Fault::usage, "{}: nothing to update, no node of the graph uses network '{}'", name,
         networks.empty() ? "" : networks[0].name());
  GraphPhase& phase = graph.phases[index_];
  for (const GraphObjective& other : phase.objectives)
    for (const VariableInfo& v : parameters)
      if (other.parameters.contains(v.name))
        fail(Fault::usage,
             "{}: phase '{}' moves '{}' already, by '{}'; minimize the sum of both objectives in "
             "one step, or take another phase",
             name, phase.name, v.name, other.step);

  // The terms of the sum in the order written: columns of the table and, without fusion, gradients
  // of their own.
  std::vector<Value> terms{total};
  for (std::size_t i = 0; i < terms.size();) {
    const Node& node = terms[i].node();
    const bool sum =
        node.primitive == &add_primitive() && graph.nodes[graph.owner(terms[i].id())].anonymous;
    if (!sum) {
      ++i;
      continue;
    }
    Builder& b = terms[i].builder();
    const std::vector<ValueId> parts = node.inputs;
    terms[i] = Value(b, parts[0]);
    terms.insert(terms.begin() + static_cast<std::ptrdiff_t>(i) + 1, Value(b, parts[1]));
  }
  GraphObjective made{.step = name, .value = total.id()};
  if (terms.size() > 1)
    for (const Value& term : terms)
      made.terms.emplace_back(graph.nodes[graph.owner(term.id())].name, term.id());
  for (const VariableInfo& p : parameters) made.parameters.insert(p.name);
  phase.objectives.push_back(std::move(made));
  for (const Network& network : networks) phase.networks.insert(network.name());
  phase.roots.push_back(objective.node());

  const auto owner_name = [&](Value v) { return graph.nodes[graph.owner(v.id())].name; };
  std::vector<std::vector<Value>> gradients;  // by term, by parameter
  for (const Value& term : graph.settings.fuse ? std::vector<Value>{total} : terms) {
    const std::string label = graph.settings.fuse
                                  ? name + ".gradient"
                                  : fmt::format("{}.gradient({})", name, owner_name(term));
    phase.roots.push_back(graph.append({.name = label, .type = "gradient"}, [&](Formula& f) {
      std::vector<Value> leaves;
      for (const VariableInfo& p : parameters)
        leaves.push_back(variable(f.builder(), p.name, {p.shape, DType::real}));
      gradients.push_back(gradient(term, leaves));
      return Value();
    }));
  }
  const int step = graph.append({.name = name, .type = optimizer.kind()}, [&](Formula& f) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      Value sum = gradients[0][i];
      for (std::size_t t = 1; t < gradients.size(); ++t) sum = add(sum, gradients[t][i]);
      const Value leaf =
          variable(f.builder(), parameters[i].name, {parameters[i].shape, DType::real});
      f.assign(leaf, optimizer(f, parameters[i].name, leaf, sum));
    }
    return Value();
  });
  phase.steps.push_back(step);
  phase.roots.push_back(step);
  return *this;
}

Phase& Phase::also(Port port) {
  require_port(*graph_, "phase '" + graph_->impl().phases[index_].name + "'", port);
  graph_->impl().phases[index_].roots.push_back(port.node());
  return *this;
}

}  // namespace ganflow
