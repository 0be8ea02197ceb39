#include "engine/graph/lower.h"

#include <algorithm>
#include <bit>
#include <chrono>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/graph/in_line.h"
#include "engine/graph/lowered_tables.h"
#include "engine/graph/trips.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "engine/tensor/philox.h"

namespace ganflow {

std::shared_ptr<const Executable> ProgramCache::get(const Device& device, const Program& program,
                                                    const CompileOptions& options) {
  const std::string text = program.str();
  auto& known = programs_[program.hash()];
  for (const Entry& entry : known)
    if (entry.device == &device && entry.options == options && entry.listing == text)
      return entry.executable;
  const auto begin = std::chrono::steady_clock::now();
  auto executable = device.compile(program, options);
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  known.push_back({&device, options, text, executable});
  return executable;
}

namespace {

// Rows of one call of an evaluation program: large enough to fill products, small enough for L2.
constexpr Extent kEvaluationRows = 250;

std::uint64_t combine(std::uint64_t hash, std::uint64_t value) {
  return (hash ^ value) * 0x9E3779B97F4A7C15ull + (hash >> 31);
}

// Of the number of items and of some of them: other files or options of a source draw other items.
std::uint64_t drawn_hash(const Source& source) {
  const std::uint64_t items = source.size().value_or(16);
  const auto batch = static_cast<Extent>(std::min<std::uint64_t>(items, 16));
  std::vector<std::vector<float>> outputs;
  for (const PortSpec& spec : source.outputs(batch))
    outputs.emplace_back(static_cast<std::size_t>(spec.shape.elements()));
  source.fill({}, batch, std::vector<std::span<float>>(outputs.begin(), outputs.end()));
  std::uint64_t hash = source.size().value_or(0);
  for (const std::vector<float>& output : outputs)
    for (const float value : output) hash = combine(hash, std::bit_cast<std::uint32_t>(value));
  return hash;
}

class Lowering {
 public:
  Lowering(const Graph& graph, ProgramCache& cache, const Device& device,
           const std::optional<Division>& division)
      : graph_(graph.impl()), cache_(cache), device_(device), division_(division) {
    if (!division_) return;
    division_->chunking.batch = graph_.batch();
    check(*division_);
    if (!graph_.settings.fuse)
      fail(Fault::usage,
           "--fuse off has a program per operator, a batch in {} chunks one per step; "
           "leave one of the two out",
           division_->chunking.chunks);
    hash_ = combine(hash_, static_cast<std::uint64_t>(division_->chunking.chunks));
  }

  LoweredReplica run(std::uint64_t seed) {
    LoweredReplica replica;
    replica.device = device_.name();
    replica.seed = seed;
    replica.settings = graph_.settings.values;
    const std::vector<PhaseStages> cuts = cut_phases(graph_);
    for (std::size_t p = 0; p < cuts.size(); ++p)
      replica.phases.push_back(phase(graph_.phases[p], cuts[p]));
    const ResidentSources residents(graph_, device_.resident_bytes());
    replica.residents = residents.tables();
    const int together = division_ ? 1 : device_.programs_per_launch();
    replica.trips =
        cut_trips(graph_, division_ ? cut_phases(graph_, Granularity::sources) : cuts, together,
                  residents, [this](LoweredStage& stage, const Program& program) {
                    stage.program = compiled(program);
                    bind_variables(program, stage.variables);
                  });
    if (device_.immediate())
      for (LoweredTrip& trip : replica.trips) run_in_line(trip);
    for (const GraphEvaluation& e : graph_.evaluations)
      replica.evaluations.push_back(evaluation(e));
    replica.variables = graph_.variables;
    for (const GraphScalar& s : graph_.scalars) replica.scalars.push_back({s.name, s.schedule});
    for (const OptionInfo& o : graph_.options.all())
      if (o.value != o.initial) mix(o.name + "=" + o.value);
    for (const VariableInfo& v : replica.variables) mix(v.name + v.shape.str());
    for (const LoweredScalar& s : replica.scalars) mix(s.name + "=" + s.schedule.text());
    for (const GraphPhase& p : graph_.phases) mix(p.name + "*" + p.count.text());
    replica.hash = hash_;
    replica.formulas = formulas_;
    make_tables(replica);
    return replica;
  }

 private:
  // Into both hashes.
  void mix(std::uint64_t value) {
    hash_ = combine(hash_, value);
    formulas_ = combine(formulas_, value);
  }
  void mix(const std::string& text) { mix(stream_id(text)); }

  std::shared_ptr<const Executable> compiled(const Program& program) {
    const auto whole = [this](const Program& one) { return cache_.get(device_, one, {}); };
    if (!division_) return whole(program);
    return compile_in_chunks(device_, program, *division_, whole);
  }

  int variable_index(const std::string& name) const {
    const auto& all = graph_.variables;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](auto& v) { return v.name == name; });
    return static_cast<int>(found - all.begin());
  }

  void bind_variables(const Program& program, std::vector<int>& indices) const {
    for (const Slot& slot : program.variables) indices.push_back(variable_index(slot.name));
  }

  LoweredPhase phase(const GraphPhase& from, const PhaseStages& cut) {
    LoweredPhase phase{.name = from.name, .count = from.count.at()};
    phase.counts = from.networks == graph_.phases[0].networks;
    // What a run is must not depend on the device: the hash is of the phases, not of its trips.
    phase.taps = cut.taps;
    for (const CutStage& stage : cut.stages) {
      mix(stage.name);
      for (const int clock : stage.clocks)
        if (clock >= 0) mix(fmt::format("clock {}", clock));
      if (!stage.source)
        mix(stage.program.hash());
      else if (stage.source->has_items())
        hash_ = combine(hash_, drawn_hash(*stage.source));
    }
    return phase;
  }

  // An evaluation in the making: its tracing, nodes that were traced, buffers by program input.
  struct Evaluated {
    explicit Evaluated(LoweredEvaluation& e) : lowered(e) {}
    Tracing tracing;
    LoweredEvaluation& lowered;
    std::map<int, Value> done;
    std::map<std::size_t, int> buffer_of;
  };

  // Its outputs are consecutive inputs of the program, as in the graph's own.
  Value draw(const GraphNode& n, Evaluated& e) {
    if (n.again >= 0)
      fail(Fault::usage,
           "{}: evaluation '{}' has no step whose draws these were; let it read '{}' itself",
           n.label(), e.lowered.name, graph_.nodes[n.again].name);
    if (const auto size = n.source->size(); size && *size < std::uint64_t(e.tracing.batch))
      fail(Fault::usage, "{}: evaluation '{}' draws {} items at a time, the set has {}", n.label(),
           e.lowered.name, e.tracing.batch, *size);
    Value main;
    LoweredEvaluation::Draws draws{
        .source = n.source, .stream = stream_id(e.tracing.stream_prefix + n.name), .buffers = {}};
    for (const PortSpec& spec : n.source->outputs(e.tracing.batch)) {
      const std::string name = main ? n.name + "." + spec.name : n.name;
      e.buffer_of[e.tracing.builder.program().inputs.size()] =
          static_cast<int>(e.lowered.buffers.size());
      draws.buffers.push_back(static_cast<int>(e.lowered.buffers.size()));
      e.lowered.buffers.push_back(static_cast<std::size_t>(spec.shape.elements()) * sizeof(float));
      const Value value = input(e.tracing.builder, name, {spec.shape, DType::real});
      if (!main) main = value;
    }
    e.lowered.draws.push_back(std::move(draws));
    if (n.source->has_items()) hash_ = combine(hash_, drawn_hash(*n.source));
    return main;
  }

  // Traces the formulas that lead to a node once more, in evaluation mode, `rows` at a time.
  Value retrace(int node, Evaluated& e) {
    const auto found = e.done.find(node);
    if (found != e.done.end()) return found->second;
    const GraphNode& n = graph_.nodes[node];
    if (!n.trace) return e.done[node] = draw(n, e);
    std::vector<Value> inputs;
    for (std::size_t i = 0; i < n.inputs.size(); ++i) {
      const Value main = retrace(n.inputs[i], e);
      const int output = n.input_outputs[i];
      inputs.push_back(output == 0 ? main : Value(main.builder(), main.id() + output));
    }
    e.tracing.builder.set_origin(e.tracing.builder.origin(n.label()));
    NodeFormula formula(graph_, e.tracing, node, n.name);
    return e.done[node] = n.trace(formula, inputs);
  }

  // An output of the program.
  void give_rows(const std::string& name, int node, int index, Evaluated& e) {
    Value rows = retrace(node, e);
    // Of a source itself: its own rows, as a value that the program computes.
    if (!graph_.nodes[node].trace) rows = affine(Value(rows.builder(), rows.id() + index), 1, 0);
    output(e.tracing.builder, name, rows);
    e.lowered.rows_of.push_back(rows.shape().without(0));
  }

  LoweredEvaluation evaluation(const GraphEvaluation& from) {
    const Extent wanted = from.metric ? from.metric->samples() : from.n;
    LoweredEvaluation e{
        .name = from.name, .every = from.every.steps, .at_start = from.every.at_start};
    // A row of a picture is of one call, too: the frames of a path.
    const Extent together =
        from.metric ? from.metric->together() : std::max<Extent>(1, from.picture.columns);
    e.rows = std::min(wanted, std::max<Extent>(1, kEvaluationRows / together) * together);
    e.samples = wanted;
    e.calls = (wanted + e.rows - 1) / e.rows;
    e.metric = from.metric;
    e.picture = from.picture;
    e.fixed_noise = !from.metric || from.metric->same_draws();
    Evaluated made(e);
    Tracing& tracing = made.tracing;
    tracing.batch = e.rows;
    tracing.training = false;
    tracing.stream_prefix = from.name + "/";
    give_rows("samples", from.node, from.output, made);
    for (std::size_t i = 0; i < from.beside.size(); ++i)
      give_rows(from.metric->beside()[i], from.beside[i].first, from.beside[i].second, made);
    e.row = e.rows_of[0];
    const Program& program = tracing.builder.program();
    for (std::size_t i = 0; i < program.inputs.size(); ++i) {
      const auto buffer = made.buffer_of.find(i);
      if (buffer != made.buffer_of.end())
        e.inputs.push_back({InputRef::From::buffer, buffer->second});
      else
        e.inputs.push_back({InputRef::From::scalar, scalar_index(program.inputs[i].name)});
    }
    bind_variables(program, e.variables);
    e.program = cache_.get(device_, program, {});
    if (from.metric)
      for (const auto& [option, scalar] : from.metric->scalars())
        e.metric_scalars[option] =
            scalar_index(scalar.name.empty() ? from.name + "." + option : scalar.name);
    mix(from.name);
    mix(program.hash());
    return e;
  }

  int scalar_index(const std::string& name) const {
    for (std::size_t i = 0; i < graph_.scalars.size(); ++i)
      if (graph_.scalars[i].name == name) return static_cast<int>(i);
    fail(Fault::usage, "graph {}: no scalar '{}'", graph_.name, name);
  }

  Graph::Impl& graph_;
  ProgramCache& cache_;
  const Device& device_;
  std::optional<Division> division_;
  std::uint64_t hash_ = 0, formulas_ = 0;
};

}  // namespace

LoweredReplica lower(const Graph& graph, std::uint64_t seed, ProgramCache& cache,
                     const Device& device, const std::optional<Division>& division) {
  graph.check();
  return Lowering(graph, cache, device, division).run(seed);
}

std::string describe(const LoweredReplica& replica) {
  static constexpr const char* kTimings[] = {"data", "ahead", "step"};
  std::string text;
  std::size_t parameters = 0, state = 0;
  for (const VariableInfo& v : replica.variables)
    (v.keep == Keep::parameter ? parameters : state) +=
        static_cast<std::size_t>(v.shape.elements());
  text += fmt::format("variables: {} parameters, {} state values\n", parameters, state);
  for (const LoweredTrip& trip : replica.trips) {
    text += fmt::format("phase {}\n", trip.name);
    for (const LoweredStage& stage : trip.stages) {
      text += fmt::format("  {:<20} {:<7}", stage.name,
                          stage.in_line ? "in line" : kTimings[static_cast<int>(stage.timing)]);
      if (stage.source) {
        text += " source\n";
        continue;
      }
      const kernels::Report& r = stage.program->report();
      text += fmt::format(
          " {} products, {} kernels, depth {}, {} copies, {} KiB arena, {:.1f} MFLOP\n", r.products,
          r.kernels, r.depth, r.copies, r.arena_bytes / 1024, r.flops / 1e6);
      text += r.listing;
    }
  }
  return text;
}

}  // namespace ganflow
