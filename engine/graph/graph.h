// The graph a user composes: operators wired by ports, phases that minimize, taps, evaluations.
//
//   auto D    = g.network("D", mlp({784, 128, 1}, relu));
//   auto real = g.add("spheres", Spheres{});                       // source: no inputs
//   auto loss = g.add("loss", Wasserstein{}, d_real, d_fake);      // formula: ports in, port out
//   g.phase("critic", 5).minimize("critic_step", loss + gp, D, RmsProp{.lr = 1e-3});
//
// Everything is traced as it is added, so a shape that does not fit stops at the line that wired
// it, before anything is allocated. Sentences name the node and its operator.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/graph/formula.h"
#include "engine/graph/host.h"
#include "engine/graph/option.h"
#include "engine/graph/schedule.h"
#include "engine/program/value.h"
#include "engine/suggest.h"

namespace ganflow {

class Graph;

// An output of a node: a handle, cheap to copy. What add() returns is the node's main output.
class Port {
 public:
  Port() = default;
  Port(Graph& graph, int node, int index = 0) : graph_(&graph), node_(node), index_(index) {}
  Graph& graph() const { return *graph_; }
  int node() const { return node_; }
  int index() const { return index_; }  // among the outputs of the node; 0 is the main one
  Shape shape() const;
  const std::string& name() const;               // of the node
  std::shared_ptr<const Source> source() const;  // what was opened for it; null for a formula

  // Another output of the same node: image.output("label"). An output that no port reads is never
  // computed. Throws Error(usage) listing the outputs there are.
  Port output(const std::string& name) const;
  bool has_output(const std::string& name) const;
  Extent classes() const;  // K of labels 0 .. K-1; 0: no labels

 private:
  int find_output(const std::string& name) const;  // -1: none

  Graph* graph_ = nullptr;
  int node_ = -1, index_ = 0;
};

// Critic updates between two evaluations; 0: at the end only.
struct Every {
  Step steps = 0;
  bool at_start = false;
};
inline Every every(Step steps) { return {steps}; }

// Occurrences of a phase in macro-iteration `macro`: a number, or a function (adaptive n_critic).
class Count {
 public:
  Count(int n) : text_(std::to_string(n)), at_([n](std::uint64_t) { return n; }) {}  // NOLINT
  Count(std::string text, std::function<int(std::uint64_t macro)> at)
      : text_(std::move(text)), at_(std::move(at)) {}
  const std::function<int(std::uint64_t)>& at() const { return at_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::function<int(std::uint64_t)> at_;
};

// What a graph asks for unless the command line says otherwise.
struct GraphDefaults {
  Extent batch = 64;   // rows N of every batch, >= 1
  Step steps = 20000;  // critic updates
  Step unit = 1;       // critic updates that one of `steps` and of --steps is, >= 1
};

// What the command line says: absent values leave the graph's defaults.
struct GraphSettings {
  std::optional<Extent> batch;
  std::optional<Step> steps;
  std::optional<Step> evaluate_every, sample_every;
  std::optional<std::string> data;  // --data: replaces the data set of graphs that take one
  std::map<std::string, std::string> values;  // --set name=value
  bool fuse = true;                           // --fuse auto|off
};

namespace detail {

// "GradientPenalty" of ganflow::GradientPenalty; lambdas are "formula".
std::string type_name(const char* pretty_function);
template <class T>
std::string type_name() {
  return type_name(__PRETTY_FUNCTION__);
}

template <class T>
concept SourceOptions = requires(const T& t) {
  { t.open() } -> std::convertible_to<std::shared_ptr<const Source>>;
};
template <class T>
concept MetricOptions = requires(const T& t) {
  { t.open() } -> std::convertible_to<std::shared_ptr<const Metric>>;
};

using Body = std::function<Value(Formula&, std::span<const Value>)>;

template <class Op, std::size_t... I>
Value call(const Op& op, Formula& f, [[maybe_unused]] std::span<const Value> in,
           std::index_sequence<I...>) {
  return op(f, in[I]...);
}

}  // namespace detail

class Phase {
 public:
  Phase(Graph& graph, int index) : graph_(&graph), index_(index) {}
  // Differentiates `objective` (a scalar port) by the parameters of the networks, back through the
  // formulas it was made of, and updates them. The objective and its terms are tapped.
  Phase& minimize(const std::string& name, Port objective, const std::vector<Network>& networks,
                  Optimizer optimizer);
  Phase& minimize(const std::string& name, Port objective, const Network& network,
                  Optimizer optimizer) {
    return minimize(name, objective, std::vector<Network>{network}, std::move(optimizer));
  }
  // Also runs the formula of `port` at every occurrence, for the state it assigns: a running
  // average of a network, a memory of past samples.
  Phase& also(Port port);

 private:
  Graph* graph_;
  int index_;
};

class Graph {
 public:
  explicit Graph(std::string name, GraphSettings settings = {});
  ~Graph();
  Graph(Graph&&) noexcept;

  // First call of compose(), if the defaults do not suit.
  void defaults(GraphDefaults defaults);
  Extent batch() const;
  Step steps() const;

  // A structural option: another value is another program. `--set name=value` replaces it.
  int option(const std::string& name, int value);
  double option(const std::string& name, double value);
  std::string option(const std::string& name, const std::string& value);
  // The same, declared: outside of its range, or no truth value, it is refused with the range.
  int option(const Option<int>& option);
  double option(const Option<double>& option);
  bool option(const Option<bool>& option);
  std::string option(const Option<std::string>& option);
  template <class T>
  T option(const Choice<T>& option) {
    const std::string name =
        this->option(Option<std::string>{option.name, option.value, option.help});
    return choose("--set " + option.name + "=" + name, option.name, name, option.choices);
  }
  // The value of --data, or `value`.
  std::string data(const std::string& value);
  // Something the user should know about this graph before it is trained, one sentence: a part of a
  // data set that is missing.
  void note(const std::string& sentence);
  const std::vector<std::string>& notes() const;
  // A number shared by several operators: one slot, one schedule, one --set name.
  Scalar scalar(const std::string& name, Schedule schedule);

  Network network(const std::string& name, Network::Forward forward);

  template <class Op, class... Ports>
  Port add(const std::string& name, Op op, Ports... ports) {
    if constexpr (detail::SourceOptions<Op>) {
      static_assert(sizeof...(Ports) == 0, "a source has no inputs");
      return add_source(name, detail::type_name<Op>(), [op] { return op.open(); });
    } else {
      auto trace = [op](Formula& f, std::span<const Value> in) {
        return detail::call(op, f, in, std::index_sequence_for<Ports...>{});
      };
      return add_formula(name, detail::type_name<Op>(), trace, {ports...});
    }
  }

  // What `port` drew at the last occurrence of the phase that computes it, for another phase:
  // noise, labels or data, anything without inputs. A draw is a function of (seed, node,
  // occurrence), so nothing is kept. Before the first occurrence it is the one to come.
  Port again(const std::string& name, Port port);

  Phase phase(const std::string& name, Count count);

  // A scalar port becomes a column of the table of the phase that computes it, a vector (N) three
  // columns of quantiles.
  void tap(const std::string& name, Port port);

  // Measures samples drawn from `port` (a generator's output, drawn afresh in evaluation mode).
  template <detail::MetricOptions M>
  void evaluate(const std::string& name, M metric, Port samples, Every every) {
    add_evaluation(name, metric.open(), samples, every, {});
  }
  // Keeps n samples of `port` as an image stack and a PNG grid, the same latents every time.
  void sample(const std::string& name, Port samples, Picture picture, Every every, Extent n = 64);

  // Names, wiring, phases, sizes. Throws Error(usage). lower() calls it.
  void check() const;

  std::string dot() const;  // Graphviz, one cluster a phase
  const std::string& name() const;
  // Every option and scalar with its value, in order of declaration: what a run records.
  std::vector<std::pair<std::string, std::string>> option_values() const;

  struct Impl;  // graph_impl.h, for lower() and the tracing files
  Impl& impl() const { return *impl_; }

 private:
  Port add_source(const std::string& name, const std::string& type,
                  const std::function<std::shared_ptr<const Source>()>& open);
  Port add_formula(const std::string& name, const std::string& type, detail::Body trace,
                   std::vector<Port> inputs);
  void add_evaluation(const std::string& name, std::shared_ptr<const Metric> metric, Port samples,
                      Every every, Picture picture, Extent n = 0);

  std::unique_ptr<Impl> impl_;
};

}  // namespace ganflow
