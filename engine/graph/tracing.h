// How formulas become nodes of a program: a builder, and what each formula sees while it is traced.
// For engine/graph only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/program/builder.h"

namespace ganflow {

// One tracing of formulas into one builder: training at the graph's batch, or evaluation at
// another.
struct Tracing {
  Builder builder;
  Extent batch = 0;
  bool training = true;
  std::map<std::string, Value> scalars;  // leaves by scalar name
  std::map<ValueId, int> scalar_of;      // leaf -> index of scalar
  std::map<std::string, int> draws;      // how often a stream name was asked for
  std::string stream_prefix;             // evaluations draw other numbers than training
};

// Formula of one node inside a tracing.
class NodeFormula : public Formula {
 public:
  NodeFormula(Graph::Impl& graph, Tracing& tracing, int node_index, std::string node_name)
      : graph_(graph), tracing_(tracing), index_(node_index), name_(std::move(node_name)) {}
  Builder& builder() override { return tracing_.builder; }
  const std::string& node() const override { return name_; }
  Extent batch() const override { return tracing_.batch; }
  bool training() const override { return tracing_.training; }
  Value scalar(const std::string& option, const Scalar& value, const Range& range,
               const std::string& help) override;
  Value variable(const std::string& name, Shape shape, Keep keep,
                 const Initializer& initializer) override;
  std::vector<VariableInfo> variables(const std::string& prefix) const override;
  void assign(Value variable, Value value) override;
  std::uint32_t stream(const std::string& draw) override;
  void tap(const std::string& name, Value value, const TapText& text) override;
  void layer(const std::string& name, ValueId begin, Value y) override;
  void couples_samples() override;
  void keeps_samples_apart(const std::string& advice) override;

 protected:
  void push_scope(const std::string& prefix) override { scopes_.push_back(prefix); }
  void pop_scope() override { scopes_.pop_back(); }

 private:
  std::string scoped(const std::string& name) const;

  Graph::Impl& graph_;
  Tracing& tracing_;
  int index_;
  std::string name_;
  std::vector<std::string> scopes_;
};

}  // namespace ganflow
