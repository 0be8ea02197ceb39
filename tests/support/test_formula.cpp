#include "support/test_formula.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "engine/tensor/philox.h"

namespace ganflow::test {

TestFormula::TestFormula(Extent batch, std::string node, const std::string& type,
                         std::uint64_t seed)
    : batch_(batch),
      node_(std::move(node)),
      seed_(seed),
      own_(std::make_unique<Builder>()),
      builder_(*own_) {
  builder_.set_origin(builder_.origin(node_ + " (" + type + ")"));
}

TestFormula::TestFormula(Builder& builder, Extent batch, std::string node, const std::string& type)
    : batch_(batch), node_(std::move(node)), builder_(builder) {
  builder_.set_origin(builder_.origin(node_ + " (" + type + ")"));
}

Value TestFormula::scalar(const std::string& option, const Scalar& value, const Range& range,
                          const std::string&) {
  const std::string name = value.name.empty() ? node_ + "." + option : value.name;
  if (const auto known = scalars_.find(name); known != scalars_.end()) return known->second;
  schedules_.emplace(name, value.schedule.within(range, name));
  return scalars_[name] = ganflow::input(builder_, name, {});
}

Value TestFormula::variable(const std::string& name, Shape shape, Keep keep,
                            const Initializer& initializer) {
  const std::string full_name = scoped(name);
  if (const auto value = bound_.find(full_name); value != bound_.end()) return value->second;
  const auto known = std::ranges::find(variables_, full_name, &VariableInfo::name);
  if (known == variables_.end()) {
    variables_.push_back({full_name, shape, keep, initializer});
    state_[full_name] =
        initial(initializer, static_cast<std::size_t>(shape.elements()), seed_, full_name);
  } else if (known->keep != keep) {
    fail(Fault::usage, "{} is a parameter in one place and state in another", full_name);
  }
  return ganflow::variable(builder_, full_name, {shape});
}

std::vector<VariableInfo> TestFormula::variables(const std::string& prefix) const {
  std::vector<VariableInfo> found;
  for (const VariableInfo& v : variables_)
    if (v.name.starts_with(prefix)) found.push_back(v);
  return found;
}

void TestFormula::assign(Value variable, Value value) {
  if (!training_) return;
  const auto slot = static_cast<std::uint32_t>(variable.node().attributes.ints[0]);
  if (std::ranges::find(assigned_, slot) != assigned_.end()) return;
  assigned_.push_back(slot);
  ganflow::assign(builder_, variable, value);
}

std::uint32_t TestFormula::stream(const std::string& draw) { return stream_id(node_ + "." + draw); }

void TestFormula::tap(const std::string& name, Value value, const TapText&) {
  output(node_ + "." + name, value);
}

Value TestFormula::input(const std::string& name, Shape shape) {
  return ganflow::input(builder_, name, {shape});
}

void TestFormula::output(const std::string& name, Value value) {
  ganflow::output(builder_, name, value);
}

void TestFormula::minimize(Value loss, const std::string& prefix, const Optimizer& optimizer) {
  std::vector<Value> parameters;
  std::vector<std::string> names;
  for (const VariableInfo& info : variables_) {
    if (info.keep != Keep::parameter || !info.name.starts_with(prefix)) continue;
    parameters.push_back(ganflow::variable(builder_, info.name, {info.shape}));
    names.push_back(info.name);
  }
  const std::vector<Value> gradients = gradient(loss, parameters);
  const Scope scope(*this, node_ + "/");
  for (std::size_t i = 0; i < parameters.size(); ++i)
    assign(parameters[i], optimizer(*this, names[i], parameters[i], gradients[i]));
}

Tensors TestFormula::run(const Tensors& inputs, Step step, Precision precision) {
  const Tensors bound = bindings(inputs, step);
  Tensors results =
      evaluate(program(), bound, {.precision = precision, .seed = seed_, .step = step});
  for (auto& [name, value] : state_)
    if (auto node = results.extract(name)) value = node.mapped();
  return results;
}

Tensors TestFormula::bindings(const Tensors& inputs, Step step) const {
  Tensors bound = state_;
  for (const auto& [name, schedule] : schedules_) bound[name] = {schedule.at(step)};
  for (const auto& [name, value] : inputs) bound[name] = value;
  return bound;
}

std::string TestFormula::scoped(const std::string& name) const {
  std::string text;
  for (const std::string& scope : scopes_) text += scope;
  return text + name;
}

std::vector<double> initial(const Initializer& initializer, std::size_t elements,
                            std::uint64_t seed, const std::string& name) {
  std::vector<double> out(elements);
  initializer(seed, stream_id(name), out);
  return out;
}

}  // namespace ganflow::test
