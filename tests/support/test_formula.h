// A Formula over one Builder for tests of formula operators: no graph, no phases. Scalars become
// inputs, taps become outputs, Variables are collected and keep their values between runs.
//
//   TestFormula f(64);
//   const Value x = f.input("x", {64, 2});
//   f.output("y", Linear{.in = 2, .out = 1}(f, x));
//   const Tensors out = f.run({{"x", ...}});
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/graph/formula.h"
#include "engine/program/evaluate.h"

namespace ganflow::test {

class TestFormula : public Formula {
 public:
  explicit TestFormula(Extent batch = 4, std::string node = "node",
                       const std::string& type = "Test", std::uint64_t seed = 7);
  // Traces into another builder, which must outlive this; run() is then the other's business.
  explicit TestFormula(Builder& builder, Extent batch = 4, std::string node = "node",
                       const std::string& type = "Test");

  Builder& builder() override { return builder_; }
  const std::string& node() const override { return node_; }
  Extent batch() const override { return batch_; }
  bool training() const override { return training_; }
  Value scalar(const std::string& option, const Scalar& value, const Range& range,
               const std::string& help) override;
  Value variable(const std::string& name, Shape shape, Keep keep,
                 const Initializer& initializer) override;
  std::vector<VariableInfo> variables(const std::string& prefix) const override;
  void assign(Value variable, Value value) override;  // of two, the first counts
  std::uint32_t stream(const std::string& draw) override;
  void tap(const std::string& name, Value value,
           const TapText&) override;  // output "<node>.<name>"

  // From here on formulas are traced as in evaluation and sampling programs.
  void evaluate_from_now() { training_ = false; }
  Value input(const std::string& name, Shape shape);
  void output(const std::string& name, Value value);
  // The Variable `name` is this value instead: parameters as arguments of check_gradients().
  void bind(const std::string& name, Value value) { bound_[name] = value; }
  // Assigns every parameter below `prefix` ("D/") what the optimizer makes of d loss; state is
  // declared below "<node>/".
  void minimize(Value loss, const std::string& prefix, const Optimizer& optimizer);

  // One step with the reference interpreter: outputs by name. Assigned Variables take their new
  // values; `inputs` may also hold Variables or scalars, which then replace the kept ones.
  Tensors run(const Tensors& inputs = {}, Step step = 0, Precision precision = Precision::float64);

  // What the program reads: kept Variables, scalars at `step`, and `inputs` over them.
  Tensors bindings(const Tensors& inputs = {}, Step step = 0) const;

  const Program& program() const { return builder_.program(); }
  const std::vector<VariableInfo>& variables() const { return variables_; }
  Tensors& state() { return state_; }  // values of Variables by name
  const std::map<std::string, Schedule>& schedules() const { return schedules_; }

 protected:
  void push_scope(const std::string& prefix) override { scopes_.push_back(prefix); }
  void pop_scope() override { scopes_.pop_back(); }

 private:
  std::string scoped(const std::string& name) const;

  Extent batch_;
  std::string node_;
  bool training_ = true;
  std::uint64_t seed_ = 0;
  std::unique_ptr<Builder> own_;
  Builder& builder_;
  std::vector<std::string> scopes_;
  std::vector<VariableInfo> variables_;
  std::vector<std::uint32_t> assigned_;  // slots
  std::map<std::string, Schedule> schedules_;
  std::map<std::string, Value> scalars_, bound_;
  Tensors state_;
};

// What an initializer gives for a Variable of `elements` elements.
std::vector<double> initial(const Initializer& initializer, std::size_t elements,
                            std::uint64_t seed = 7, const std::string& name = "w");

}  // namespace ganflow::test
