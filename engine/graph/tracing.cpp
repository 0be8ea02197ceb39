#include "engine/graph/tracing.h"

#include <fmt/ranges.h>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"

namespace ganflow {

std::string NodeFormula::scoped(const std::string& name) const {
  return (scopes_.empty() ? name_ + "/" : fmt::format("{}", fmt::join(scopes_, ""))) + name;
}

Value NodeFormula::scalar(const std::string& option, const Scalar& value, const Range& range,
                          const std::string& help) {
  const std::string slot = value.name.empty() ? name_ + "." + option : value.name;
  const int index = graph_.scalar_index(slot, value.schedule, range, help);
  const auto found = tracing_.scalars.find(slot);
  if (found != tracing_.scalars.end()) return found->second;
  const Value leaf = input(tracing_.builder, slot, {Shape{}, DType::real});
  tracing_.scalars.emplace(slot, leaf);
  tracing_.scalar_of.emplace(leaf.id(), index);
  return leaf;
}

Value NodeFormula::variable(const std::string& name, Shape shape, Keep keep,
                            const Initializer& initializer) {
  const std::string full = scoped(name);
  if (const VariableInfo* known = graph_.variable(full)) {
    if (!(known->shape == shape) || known->keep != keep)
      fail(Fault::usage, "variable {} is used with shape {} and with shape {}", full,
           known->shape.str(), shape.str());
  } else {
    graph_.stream("Variable", full);  // its initializer draws by its name
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
  return graph_.stream("draw", full);
}

void NodeFormula::tap(const std::string& name, Value value, const TapText& text) {
  if (!tracing_.training) return;
  if (value.shape().rank() > 1)
    fail(Fault::usage, "tap {}: shape {}; a tap takes a number or a vector over the batch", name,
         value.shape().str());
  graph_.taps.push_back({index_, name_ + "." + name, affine(value, 1, 0).id(), false, text});
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

void NodeFormula::couples_samples() { graph_.couples.insert(index_); }

void NodeFormula::keeps_samples_apart(const std::string& advice) { graph_.advice[index_] = advice; }

}  // namespace ganflow
