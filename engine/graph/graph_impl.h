// Inside of Graph: nodes, the traced program, and how it is cut. For engine/flow only.
#pragma once

#include <map>
#include <set>

#include "engine/graph/graph.h"
#include "engine/graph/lowered.h"

namespace ganflow {

// Everything that owns nodes of the traced program: a user's operator, a gradient, an optimizer
// step. Nodes are appended in order, so each owns one contiguous range.
struct GraphNode {
  std::string name;
  std::string type;
  std::vector<int> inputs;               // nodes
  std::shared_ptr<const Source> source;  // sources only
  detail::Body trace;                    // formulas only: traced again for evaluation
  ValueId begin = 0, end = 0;
  Value value;                  // main output of the training trace
  std::vector<PortSpec> specs;  // of every output; sources only
  bool anonymous = false;       // made by port arithmetic
  int again = -1;               // the node whose last draws these are

  std::string label() const { return name + " (" + type + ")"; }
};

struct GraphScalar {
  std::string name;
  Schedule schedule;
};

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

struct PendingAssign {
  int node = 0;
  ValueId variable = 0, value = 0;
};

struct PendingTap {
  int node = 0;  // whose formula published it; -1: Graph::tap
  std::string name;
  ValueId value = 0;
};

// Graph::tap
struct PortTap {
  std::string name;
  int node = 0;
  ValueId value = 0;
};

struct GraphPhase {
  std::string name;
  Count count;
  std::vector<int> steps;          // optimizer nodes
  std::set<std::string> networks;  // that it minimizes by
  std::vector<int> roots;          // nodes that must run: objectives, gradients, optimizers
  std::vector<std::pair<std::string, ValueId>> objectives;  // objective first, then its terms
};

// A layer of a network as it was first traced.
struct GraphLayer {
  std::string name;  // "D/conv1"
  Shape shape;       // of its result
  ValueId begin = 0, end = 0;
};

struct GraphEvaluation {
  std::string name;
  std::shared_ptr<const Metric> metric;
  int node = 0;
  Every every;
  Picture picture;
  Extent n = 0;
};

struct Graph::Impl {
  std::string name;
  GraphSettings settings;
  GraphDefaults defaults;
  std::vector<GraphNode> nodes;
  std::vector<std::pair<std::string, std::string>> options;
  std::vector<std::string> notes;
  std::vector<GraphScalar> scalars;
  std::vector<VariableInfo> variables;
  std::set<std::string> networks;
  std::set<std::string> used_settings;
  std::vector<GraphLayer> layers;
  std::vector<GraphLayer> traced_layers;  // every time a layer was traced
  std::set<int> couples;                  // nodes that Formula::couples_samples()
  std::vector<GraphPhase> phases;
  std::vector<PendingAssign> assigns;
  std::vector<PendingTap> taps;
  std::vector<PortTap> port_taps;
  std::vector<GraphEvaluation> evaluations;
  Tracing training;

  Extent batch() const { return settings.batch.value_or(defaults.batch); }
  int find(const std::string& node) const;  // -1: none
  // The value of a port. The outputs of a source are consecutive inputs of the program.
  Value value(const Port& port) const {
    const Value main = nodes[port.node()].value;
    return port.index() == 0 ? main : Value(main.builder(), main.id() + port.index());
  }
  // Adds a node whose nodes of the program are what `body` traces.
  int append(GraphNode node, const std::function<Value(Formula&)>& body);
  int scalar_index(const std::string& name, const Schedule& schedule);
  const VariableInfo* variable(const std::string& name) const;
  void record(const std::string& option, const std::string& value);  // once a name
  // The value of a setting, marked as used.
  const std::string* setting(const std::string& name);
  // Nodes that `roots` depend on, themselves included, ascending. By what the program says, not by
  // declared wiring: a gradient depends on the formulas it went back through.
  std::vector<int> ancestors(const std::vector<int>& roots) const;
  // Whether a phase carries out an assign: state of a network moves where the network is trained.
  bool moves(const GraphPhase& phase, const PendingAssign& assign) const;
  // Names of the Variables that a value of the training trace is computed from.
  std::set<std::string> variables_below(Value value) const;
  // The node that owns a value of the training trace.
  int owner(ValueId id) const;
  // Leaves every stage makes for itself: variables, scalars, constants. Not the data of sources.
  bool shared_leaf(ValueId id) const;
  // The phase whose nodes overlap most with what `node` was computed from; -1: none.
  int phase_of(int node) const;
  // No slope by samples goes through what mixes them.
  void check_slopes() const;
  std::vector<int> phase_nodes(int phase) const;  // with the nodes of its taps
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
  Value scalar(const std::string& option, const Scalar& value) override;
  Value variable(const std::string& name, Shape shape, Keep keep,
                 const Initializer& initializer) override;
  std::vector<VariableInfo> variables(const std::string& prefix) const override;
  void assign(Value variable, Value value) override;
  std::uint32_t stream(const std::string& draw) override;
  void tap(const std::string& name, Value value) override;
  void layer(const std::string& name, ValueId begin, Value y) override;
  void couples_samples() override { graph_.couples.insert(index_); }

 protected:
  void push_scope(const std::string& prefix) override;
  void pop_scope() override;

 private:
  Graph::Impl& graph_;
  Tracing& tracing_;
  int index_;
  std::string name_;
  std::vector<std::string> scopes_;
};

}  // namespace ganflow
