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
#include "engine/graph/image_record.h"
#include "engine/graph/option.h"
#include "engine/graph/phase.h"
#include "engine/graph/picture.h"
#include "engine/graph/port.h"
#include "engine/graph/schedule.h"
#include "engine/graph/type_name.h"
#include "engine/program/value.h"
#include "engine/suggest.h"

namespace ganflow {

// Critic updates between two evaluations; 0: at the end only.
struct Every {
  Step steps = 0;
  bool at_start = false;
};
inline Every every(Step steps) { return {steps}; }

// What a graph asks for unless the command line says otherwise.
struct GraphDefaults {
  Extent batch = 64;   // rows N of every batch, from 1 to 2^31 - 1
  Step steps = 20000;  // critic updates, from 1 to 2^63 - 1
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
  // By set: what a run kept of its images, taken instead of the files when it is used again.
  std::map<std::string, ImageRecord> images = {};
};

namespace detail {

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

// A Graph stays where it is made: ports point to it. Every method throws Error(usage) for names
// that are empty, taken, '.' or '..', or hold '/' or control characters, and for ports of another
// graph; further reasons stand beside it.
//
// Threads: a graph with its ports, phases and networks belongs to one thread at a time, lower()
// included; none of its methods locks. Different graphs may be composed and lowered side by side,
// each with a ProgramCache of its own. What lower() returns no longer refers to the graph.
class Graph {
 public:
  // Throws Error(usage) for settings of batch and steps out of range.
  explicit Graph(std::string name, GraphSettings settings = {});
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  // First call of compose(), if the defaults do not suit; refused after the first node.
  void defaults(GraphDefaults defaults);
  Extent batch() const;
  Step steps() const;

  // A structural option: another value is another program. `--set name=value` replaces it. Refused:
  // a value of another type or out of range, with the range; a default out of range; an option
  // declared before with another default, range or help.
  int option(const Option<int>& option);
  double option(const Option<double>& option);
  bool option(const Option<bool>& option);
  std::string option(const Option<std::string>& option);
  template <class T>
  T option(const Choice<T>& option) {  // refused: a name that is none of them, with the nearest
    std::vector<std::string> names;
    for (const auto& [choice, value] : option.choices) names.push_back(choice);
    const std::string name = chosen(option.name, option.value, names, option.help);
    return choose("--set " + option.name + "=" + name, option.name, name, option.choices);
  }
  // The value of --data, or `value`.
  std::string data(const std::string& value);
  // Something the user should know about this graph before it is trained, one sentence: a part of a
  // data set that is missing.
  void note(const std::string& sentence);
  const std::vector<std::string>& notes() const;
  // What a run is to keep of the images it reads, by set, and what was kept of them: null outside
  // of a run that is used again.
  void keep_images(const std::string& set, ImageRecord record);
  const std::map<std::string, ImageRecord>& images() const;
  const ImageRecord* kept_images(const std::string& set) const;
  // A number shared by several operators: one slot, one schedule, one --set name. Its range is that
  // of all who read it and this one, its help this or else the first reader's. Refused: values out
  // of range, another schedule for a name that was given before.
  Scalar scalar(const std::string& name, Schedule schedule, const Range& range = any_number(),
                const std::string& help = {});

  // A number of its own where --set gives one, `other`, which has a name, where not: the learning
  // rate of one player. A program without it is the same as if it had not been offered.
  Scalar own_scalar(const std::string& name, const Scalar& other, const std::string& help = {});

  Network network(const std::string& name, Network::Forward forward);

  // Traces a formula or opens a source. Refused: whatever the operator refuses, in its words; a
  // source that opens nothing, has no output or fewer items than a batch has rows.
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
  // occurrence), so nothing is kept. Before the first occurrence it is the one to come. Refused: a
  // node with inputs or Variables.
  Port again(const std::string& name, Port port);

  // Its table has its name, which no other table may have.
  Phase phase(const std::string& name, Count count);

  // A scalar port becomes a column of the table of the phase that computes it, a vector (N) three
  // columns of quantiles. Refused: any other shape, a name that another tap has, "step".
  void tap(const std::string& name, Port port, const TapText& text = {});

  // Measures samples drawn from `port` (N,...), what a generator makes of noise or of data, drawn
  // afresh in evaluation mode: noise, labels and batches of a source are streams of the
  // evaluation's own. Its table has its name. Refused: a metric that opens nothing, measures no
  // sample or samples of another size, or has two columns of one name; batches of a source that are
  // drawn again, a source with fewer items than a call draws.
  template <detail::MetricOptions M>
  void evaluate(const std::string& name, M metric, Port samples, Every every) {
    evaluate(name, std::move(metric), std::vector<Port>{samples}, every);
  }
  // {samples, a, b}: with what the metric measures beside them (Metric::beside()), in its order,
  // each (N,...). Refused: another number of ports.
  template <detail::MetricOptions M>
  void evaluate(const std::string& name, M metric, const std::vector<Port>& ports, Every every) {
    add_evaluation(name, detail::type_name<M>(), metric.open(), ports, every);
  }
  // Keeps n >= 1 samples of `port` (N,...) as an image stack and a PNG grid, the same latents and
  // the same items of a source every time. Refused: a picture that its samples cannot be drawn as
  // (picture.h), and what evaluate() refuses of a source.
  void sample(const std::string& name, Port samples, Picture picture, Every every, Extent n = 64);
  // The same without a picture: n rows of any shape as float32 numbers, "values" (n,...) in files
  // of that name beside the samples. Whole tensors: activations, scores, points of a penalty.
  void dump(const std::string& name, Port rows, Every every, Extent n = 64) {
    sample(name, rows, {.drawn = false}, every, n);
  }

  // What can be said only of the whole: every node is used, columns have names of their own, every
  // --set name exists, no slope by a sample goes through what mixes samples. lower() calls it.
  void check() const;

  std::string dot() const;  // Graphviz, one cluster a phase
  const std::string& name() const;
  // Every option and scalar, in order of declaration.
  std::vector<OptionInfo> options() const;
  // The values in force, with data set, batch, steps and phases: what a run records.
  std::vector<std::pair<std::string, std::string>> option_values() const;

  struct Impl;  // graph_impl.h, for lower() and the tracing files
  Impl& impl() const { return *impl_; }

 private:
  std::string chosen(const std::string& option, const std::string& initial,
                     const std::vector<std::string>& names, const std::string& help);
  Port add_source(const std::string& name, const std::string& type,
                  const std::function<std::shared_ptr<const Source>()>& open);
  Port add_formula(const std::string& name, const std::string& type, detail::Body trace,
                   std::vector<Port> inputs);
  void add_evaluation(const std::string& name, const std::string& type,
                      std::shared_ptr<const Metric> metric, const std::vector<Port>& ports,
                      Every every);

  std::unique_ptr<Impl> impl_;
};

}  // namespace ganflow
