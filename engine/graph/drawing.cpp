#include "engine/graph/drawing.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/graph/lower.h"
#include "engine/graph/tracing.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

// Traces the formulas that lead to a node in evaluation mode, as lower() does for the evaluation.
class Retracing {
 public:
  Retracing(Graph::Impl& graph, const std::string& evaluation, Extent rows) : graph_(graph) {
    tracing_.batch = rows;
    tracing_.training = false;
    tracing_.stream_prefix = evaluation + "/";
  }

  // Calls at(node, value) for each node without inputs; its result stands for the value.
  template <class At>
  Value to(int index, At&& at) {
    const auto found = done_.find(index);
    if (found != done_.end()) return found->second;
    const GraphNode& n = graph_.nodes[static_cast<std::size_t>(index)];
    if (!n.trace)
      fail(Fault::usage, "{}: it reads data, its samples are made of more than draws", n.label());
    std::vector<Value> inputs;
    for (const int input : n.inputs) inputs.push_back(to(input, at));
    tracing_.builder.set_origin(tracing_.builder.origin(n.label()));
    NodeFormula formula(graph_, tracing_, index, n.name);
    const Value value = n.trace(formula, inputs);
    return done_[index] = n.inputs.empty() ? at(n, value) : value;
  }

  Builder& builder() { return tracing_.builder; }

  std::vector<int> variables() const {
    std::vector<int> indices;
    for (const Slot& slot : tracing_.builder.program().variables) {
      const auto& all = graph_.variables;
      const auto found =
          std::find_if(all.begin(), all.end(), [&](auto& v) { return v.name == slot.name; });
      indices.push_back(static_cast<int>(found - all.begin()));
    }
    return indices;
  }

  // Of the inputs from `first` on.
  std::vector<int> scalars(std::size_t first) const {
    std::vector<int> indices;
    const auto& inputs = tracing_.builder.program().inputs;
    for (std::size_t i = first; i < inputs.size(); ++i)
      for (std::size_t s = 0; s < graph_.scalars.size(); ++s)
        if (graph_.scalars[s].name == inputs[i].name) indices.push_back(static_cast<int>(s));
    return indices;
  }

 private:
  Graph::Impl& graph_;
  Tracing tracing_;
  std::map<int, Value> done_;
};

bool is_drawn(const Value& value, Extent rows) {
  return value.shape().rank() > 0 && value.shape()[0] == rows;
}

}  // namespace

TracedDrawing trace_drawing(const Graph& graph, const std::string& evaluation, Extent rows) {
  Graph::Impl& impl = graph.impl();
  const auto from = std::find_if(impl.evaluations.begin(), impl.evaluations.end(),
                                 [&](auto& e) { return e.name == evaluation; });
  if (from == impl.evaluations.end())
    fail(Fault::usage, "graph {}: it draws no '{}'", impl.name, evaluation);
  TracedDrawing drawing;

  Retracing draws(impl, evaluation, rows);
  std::vector<TensorType> types;
  std::vector<Value> outputs;
  draws.to(from->node, [&](const GraphNode& node, Value value) {
    if (is_drawn(value, rows)) {
      drawing.draws.push_back({node.name, value.shape().without(0)});
      types.push_back(value.type());
      outputs.push_back(value);
    }
    return value;
  });
  for (std::size_t i = 0; i < outputs.size(); ++i)
    output(draws.builder(), drawing.draws[i].name, outputs[i]);
  drawing.draw = draws.builder().program();
  drawing.draw_scalars = draws.scalars(0);
  drawing.draw_variables = draws.variables();

  Retracing samples(impl, evaluation, rows);
  std::vector<Value> given;
  for (std::size_t i = 0; i < types.size(); ++i)
    given.push_back(input(samples.builder(), "given " + drawing.draws[i].name, types[i]));
  std::size_t next = 0;
  const Value made = samples.to(from->node, [&](const GraphNode&, Value value) {
    return is_drawn(value, rows) ? given[next++] : value;
  });
  output(samples.builder(), "samples", made);
  drawing.generate = samples.builder().program();
  drawing.scalars = samples.scalars(given.size());
  drawing.variables = samples.variables();
  return drawing;
}

LoweredDrawing lower_drawing(const Graph& graph, const std::string& evaluation, Extent rows,
                             ProgramCache& cache, const Device& device) {
  const TracedDrawing traced = trace_drawing(graph, evaluation, rows);
  return {.draws = traced.draws,
          .rows = rows,
          .draw = cache.get(device, traced.draw, {}),
          .draw_scalars = traced.draw_scalars,
          .draw_variables = traced.draw_variables,
          .generate = cache.get(device, traced.generate, {}),
          .scalars = traced.scalars,
          .variables = traced.variables};
}

}  // namespace ganflow
