// Inside of Graph: nodes, what they traced, and what depends on what. For engine/graph only.
#pragma once

#include <map>
#include <set>

#include "engine/graph/declared_options.h"
#include "engine/graph/graph.h"
#include "engine/graph/lowered.h"
#include "engine/graph/tracing.h"

namespace ganflow {

// Everything that owns nodes of the traced program: a user's operator, a gradient, an optimizer
// step. Nodes are appended in order, so each owns one contiguous range.
struct GraphNode {
  std::string name;
  std::string type;
  std::vector<int> inputs;               // nodes
  std::vector<int> input_outputs;        // which output of each
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
  Schedule schedule;    // in force, within the range
  std::string initial;  // text of the schedule that --set replaces
  Range range;          // of all who read it
  std::string help;     // of the first who has some
};

struct PendingAssign {
  int node = 0;
  ValueId variable = 0, value = 0;
};

struct PendingTap {
  int node = 0;  // whose formula published it; -1: an objective, one of its terms, Graph::tap
  std::string name;
  ValueId value = 0;
  bool objective = false;  // minimized
  TapText text = {};
};

// Graph::tap
struct PortTap {
  std::string name;
  int node = 0;
  ValueId value = 0;
  TapText text;
};

// Phase::minimize
struct GraphObjective {
  std::string step;  // its optimizer node
  ValueId value = 0;
  std::vector<std::pair<std::string, ValueId>> terms;  // of the sum, if there are several
  std::set<std::string> parameters;                    // that it moves
};

struct GraphPhase {
  std::string name;
  Count count;
  std::vector<int> steps;          // optimizer nodes
  std::set<std::string> networks;  // that it minimizes by
  std::vector<int> roots;          // nodes that must run: objectives, gradients, optimizers
  std::vector<GraphObjective> objectives;
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
  int node = 0, output = 0;
  Every every;
  Picture picture;
  Extent n = 0;
  std::vector<std::pair<int, int>> beside = {};  // node and output of what a metric wants besides

  std::vector<int> nodes() const {
    std::vector<int> all{node};
    for (const auto& [other, index] : beside) all.push_back(other);
    return all;
  }
};

struct Graph::Impl {
  std::string name;
  GraphSettings settings;
  GraphDefaults defaults;
  std::vector<GraphNode> nodes;
  DeclaredOptions options;
  std::optional<std::string> data;  // in force, of a graph that takes a data set
  std::vector<std::string> notes;
  std::map<std::string, ImageRecord> images;  // by set
  std::vector<GraphScalar> scalars;
  std::vector<OptionInfo> followers;  // scalars that were offered and are others, by name
  std::vector<VariableInfo> variables;
  std::set<std::string> networks;
  std::map<std::uint32_t, std::string> streams;  // who draws by an id
  std::vector<GraphLayer> layers;
  std::vector<GraphLayer> traced_layers;  // every time a layer was traced
  std::set<int> couples;                  // nodes that Formula::couples_samples()
  std::map<int, std::string> advice;      // of nodes that Formula::keeps_samples_apart()
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
  // Of a scalar, declared at first sight; its schedule stays within all ranges asked for.
  int scalar_index(const std::string& name, const Schedule& schedule, const Range& range,
                   const std::string& help);
  const VariableInfo* variable(const std::string& name) const;
  // The id by which `kind` ("draw", "source") of that name draws; refused if it is another's.
  std::uint32_t stream(const std::string& kind, const std::string& name);
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
  std::vector<int> phase_nodes(int phase) const;  // with the nodes of its taps
  // What becomes columns of the phase's table: objectives and terms, taps of formulas, of the
  // graph.
  std::vector<PendingTap> phase_taps(int phase) const;
};

}  // namespace ganflow
