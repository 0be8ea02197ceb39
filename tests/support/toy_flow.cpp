#include "support/toy_flow.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "engine/graph/lowered_tables.h"
#include "engine/tensor/philox.h"
#include "support/delayed_device.h"

namespace ganflow::test {
namespace {

constexpr Extent kBatch = 4, kRow = 3, kD = 5, kG = 3;
constexpr std::size_t kFloats = kBatch * kRow;

const float* in(const Bindings& b, int i) { return reinterpret_cast<const float*>(b.inputs[i]); }
float* out(const Bindings& b, int i) { return reinterpret_cast<float*>(b.outputs[i]); }
float* variable(const Bindings& b, int i) { return reinterpret_cast<float*>(b.variables[i]); }

// Chaotic on [0, 1): the smallest difference grows, so no error of order stays hidden.
float mix(float x, float y) {
  const float v = 3.7f * x + 1.3f * y + 0.1f;
  return v - std::floor(v);
}

float uniform(std::uint64_t seed, const char* stream, Step step, std::size_t element) {
  return static_cast<float>(uniform01(random_word(seed, stream_id(stream), step, element)));
}

void fold(float* into, Extent n, const float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    float& x = into[i % static_cast<std::size_t>(n)];
    x = mix(x, values[i]);
  }
}

Initializer random_start() {
  return [](std::uint64_t seed, std::uint32_t stream, std::span<double> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = uniform01(random_word(seed, stream, 0, i));
    }
  };
}

std::shared_ptr<const Executable> program(const std::string& name, const ToySlots& slots,
                                          const ToyHooks& hooks, ToyProgram::Body body) {
  return std::make_shared<ToyProgram>(slots, [name, enter = hooks.enter, body](const Bindings& b) {
    if (enter) enter(name, b.clock->seed, b.clock->step);
    body(b);
  });
}
std::shared_ptr<const Executable> program(const LoweredStage& stage, const ToyHooks& hooks,
                                          ToyProgram::Body body) {
  return program(stage.name, {stage.variables.size(), stage.inputs.size(), stage.outputs.size()},
                 hooks, std::move(body));
}

InputRef buffer(int i) { return {InputRef::From::buffer, i}; }
InputRef scalar(int i) { return {InputRef::From::scalar, i}; }

LoweredTrip critic(const ToyHooks& hooks) {
  LoweredTrip p{.name = "critic", .phase = 0};
  p.buffers = {{"spheres", 4 * kFloats, 0},   {"sharpen", 4 * kFloats, 1},
               {"generate", 4 * kFloats, 2},  {"score_real", 4 * kBatch, 3},
               {"score_fake", 4 * kBatch, 4}, {"loss", 4, 5},
               {"spread", 4 * kBatch, 5},     {"k", 4, 5}};
  LoweredStage spheres{.name = "spheres", .timing = Timing::data};
  spheres.stream = stream_id("spheres");
  spheres.outputs = {0};
  spheres.source =
      std::make_shared<ToySource>(kRow, [hooks](const Draw& draw, std::span<float> values) {
        if (hooks.enter) hooks.enter("spheres", draw.seed, draw.step);
        if (hooks.source) hooks.source(draw);
        for (std::size_t i = 0; i < values.size(); ++i) {
          values[i] =
              static_cast<float>(uniform01(random_word(draw.seed, draw.stream, draw.step, i)));
        }
      });
  LoweredStage sharpen{.name = "sharpen", .timing = Timing::data, .after = {0}};
  sharpen.inputs = {buffer(0), scalar(0)};
  sharpen.outputs = {1};
  sharpen.program = program(sharpen, hooks, [](const Bindings& b) {
    for (std::size_t i = 0; i < kFloats; ++i) out(b, 0)[i] = mix(in(b, 0)[i], *in(b, 1));
  });
  LoweredStage generate{.name = "generate", .timing = Timing::ahead};
  generate.variables = {1};
  generate.outputs = {2};
  generate.program = program(generate, hooks, [](const Bindings& b) {
    for (std::size_t i = 0; i < kFloats; ++i) {
      out(b, 0)[i] = mix(variable(b, 0)[i % kG], uniform(b.clock->seed, "noise", b.clock->step, i));
    }
  });
  LoweredStage real{.name = "score_real", .timing = Timing::step, .after = {1}};
  real.inputs = {buffer(1)};
  real.variables = {0};
  real.outputs = {3};
  const auto score = [](const Bindings& b) {
    for (Extent n = 0; n < kBatch; ++n) {
      float s = variable(b, 0)[n % kD];
      for (Extent j = 0; j < kRow; ++j) s = mix(s, in(b, 0)[n * kRow + j]);
      out(b, 0)[n] = s;
    }
  };
  real.program = program(real, hooks, score);
  LoweredStage fake{.name = "score_fake", .timing = Timing::step, .after = {2}};
  fake.inputs = {buffer(2)};
  fake.variables = {0};
  fake.outputs = {4};
  fake.program = program(fake, hooks, score);
  LoweredStage step{.name = "critic_step", .timing = Timing::step, .after = {0, 1, 2, 3, 4}};
  step.inputs = {buffer(0), buffer(2), buffer(3), buffer(4), scalar(1), scalar(0)};
  step.variables = {0};
  step.outputs = {5, 6, 7};
  step.program = program(step, hooks, [hooks](const Bindings& b) {
    float* d = variable(b, 0);
    fold(d, kD, in(b, 0), kFloats);
    fold(d, kD, in(b, 1), kFloats);
    fold(d, kD, in(b, 2), kBatch);
    fold(d, kD, in(b, 3), kBatch);
    fold(d, kD, in(b, 4), 1);
    const float loss = std::accumulate(d, d + kD, 0.0f);
    *out(b, 0) = hooks.loss ? hooks.loss(b.clock->seed, b.clock->step, loss) : loss;
    for (Extent n = 0; n < kBatch; ++n) out(b, 1)[n] = in(b, 2)[n] - in(b, 3)[n];
    *out(b, 2) = *in(b, 5);
  });
  p.stages = {spheres, sharpen, generate, real, fake, step};
  p.occurrences = {{0, {5, 6, 7}}};
  return p;
}

LoweredTrip generator(const ToyHooks& hooks) {
  LoweredTrip p{.name = "generator", .phase = 1};
  p.buffers = {{"noise2", 4 * kFloats, 0}, {"loss", 4, 1}};
  LoweredStage noise{.name = "noise2", .timing = Timing::data};
  noise.outputs = {0};
  noise.program = program(noise, hooks, [](const Bindings& b) {
    for (std::size_t i = 0; i < kFloats; ++i)
      out(b, 0)[i] = uniform(b.clock->seed, "noise2", b.clock->step, i);
  });
  LoweredStage step{.name = "generator_step", .timing = Timing::step, .after = {0}};
  step.inputs = {buffer(0), scalar(0)};
  step.variables = {0, 1};
  step.outputs = {1};
  step.program = program(step, hooks, [](const Bindings& b) {
    float* g = variable(b, 1);
    fold(g, kG, in(b, 0), kFloats);
    fold(g, kG, variable(b, 0), kD);
    fold(g, kG, in(b, 1), 1);
    *out(b, 0) = std::accumulate(g, g + kG, 0.0f);
  });
  p.stages = {noise, step};
  p.occurrences = {{1, {1}}};
  return p;
}

LoweredEvaluation evaluation(const ToyOptions& options, const ToyHooks& hooks, bool measured) {
  LoweredEvaluation e;
  e.name = measured ? "quality" : "samples";
  e.every = options.evaluate_every;
  e.at_start = true;
  e.samples = 6;
  e.rows = 2;
  e.calls = 3;
  e.row = Shape{kRow};
  e.rows_of = {e.row};
  e.fixed_noise = options.fixed_noise;
  e.inputs = {scalar(0)};
  e.variables = {1};
  e.program = program(e.name, {1, 1, 1}, hooks, [](const Bindings& b) {
    for (Extent i = 0; i < 2 * kRow; ++i) {
      const float z =
          uniform(b.clock->seed, "evaluation", b.clock->step, static_cast<std::size_t>(i));
      out(b, 0)[i] = mix(mix(variable(b, 0)[i % kG], z), *in(b, 0));
    }
  });
  if (!measured) return e;
  const auto metric = std::make_shared<ToyMetric>();
  metric->also = hooks.metric;
  e.metric = metric;
  e.metric_scalars = {{"k", 0}};
  return e;
}

}  // namespace

std::vector<double> ToyMetric::measure(const Measurement& m) const {
  if (also) also(m);
  const double sum = std::accumulate(m.samples.begin(), m.samples.end(), 0.0);
  return {sum / static_cast<double>(m.samples.size()), m.scalars.at("k")};
}

LoweredReplica toy_replica(std::uint64_t seed, const ToyOptions& options, const ToyHooks& hooks) {
  LoweredReplica r;
  r.device = "cpu";
  r.seed = seed;
  r.variables = {{"D/w", Shape{kD}, Keep::parameter, random_start()},
                 {"G/w", Shape{kG}, Keep::parameter, random_start()}};
  r.scalars = {{"k", linear(0, 1, 0, 100)}, {"critic_step.lr", steps({{0, 0.5}, {7, 0.25}})}};
  r.phases = {{.name = "critic",
               .count = options.critic,
               .taps = {{"loss", 1, true}, {"spread", kBatch, false}, {"k", 1, false}}},
              {.name = "generator", .count = options.generator, .taps = {{"loss", 1, true}}}};
  r.trips = {critic(hooks), generator(hooks)};
  if (options.evaluate_every > 0) {
    r.evaluations = {evaluation(options, hooks, true), evaluation(options, hooks, false)};
  }
  make_tables(r);
  return r;
}

MemorySink::MemorySink(const std::vector<LoweredReplica>& replicas) {
  for (const LoweredReplica& replica : replicas) {
    tables.push_back(replica.tables);
    bytes.emplace_back(tables.back().size());
    committed_.push_back(0);
  }
}

void MemorySink::rows(int replica, int table, std::span<const std::byte> rows) {
  if (before) before("rows");
  auto& all = bytes[replica][table];
  const Table& of = tables[replica][table];
  if (rows.empty() || rows.size() % of.row_bytes() != 0)
    violations.push_back("rows that are not whole");
  for (std::size_t i = 0; i < of.count(rows); ++i) {
    const std::int64_t step = of.row(rows, i).step();
    const bool late = static_cast<Step>(step) <= committed_[replica] && step > 0;
    if (late) violations.push_back("a row of a step that was committed already");
  }
  all.insert(all.end(), rows.begin(), rows.end());
}

void MemorySink::commit(int replica, const Snapshot& snapshot) {
  if (before) before("commit");
  for (std::size_t t = 0; t < tables[replica].size(); ++t) {
    for (const std::int64_t step : steps(replica, static_cast<int>(t))) {
      if (static_cast<Step>(step) > snapshot.step) violations.push_back("a row after its commit");
    }
  }
  committed_[replica] = snapshot.step;
  Commit commit{replica, snapshot.step, snapshot.counters, {}};
  for (std::size_t v = 0; v < snapshot.variables.size(); ++v) {
    const VariableView& view = snapshot.variables[v];
    if (v > 0 && !(snapshot.variables[v - 1].name < view.name)) violations.push_back("unsorted");
    commit.variables[view.name].assign(view.data.begin(), view.data.end());
  }
  commits.push_back(std::move(commit));
}

void MemorySink::samples(int replica, const Samples& s) {
  if (before) before("samples");
  if (s.step > 0 && s.step <= committed_[replica]) violations.push_back("samples after a commit");
  pictures.push_back({replica, s.step, {s.data.begin(), s.data.end()}});
}

void MemorySink::flush() {
  ++flushes;
  if (before) before("flush");
}

std::vector<std::vector<std::byte>> MemorySink::deterministic_rows(int replica) const {
  std::vector<std::vector<std::byte>> all;
  for (std::size_t t = 0; t < tables[replica].size(); ++t) {
    if (!tables[replica][t].timing) all.push_back(bytes[replica][t]);
  }
  return all;
}

std::vector<std::int64_t> MemorySink::steps(int replica, int table) const {
  return column<std::int64_t>(replica, table, 0);
}

std::vector<const std::byte*> MemorySink::cells(int replica, int table, int c) const {
  const Table& of = tables[replica][table];
  const std::size_t offset = of.offset(static_cast<std::size_t>(c));
  std::vector<const std::byte*> at;
  for (std::size_t row = 0; row < bytes[replica][table].size(); row += of.row_bytes()) {
    at.push_back(bytes[replica][table].data() + row + offset);
  }
  return at;
}

std::vector<MemorySink::Commit> MemorySink::commits_of(int replica) const {
  std::vector<Commit> of;
  for (const Commit& commit : commits) {
    if (commit.replica == replica) of.push_back(commit);
  }
  return of;
}

Restored MemorySink::restored(int replica, std::size_t commit) const {
  const Commit of = commits_of(replica).at(commit);
  return {of.step, of.counters, of.variables};
}

Trained MemorySink::trained(int replica) const {
  Trained left{deterministic_rows(replica), {}, {}};
  for (const Commit& c : commits_of(replica)) left.commits.push_back(c.variables);
  for (const Picture& p : pictures)
    if (p.replica == replica) left.pictures.push_back(p.data);
  return left;
}

std::unique_ptr<Prepared> ToyProgram::prepare(const Bindings& given) const {
  struct ToyPrepared final : Prepared {
    ToyPrepared(const ToySlots& slots, const Bindings& given, const Body& run)
        : variables(given.variables, given.variables + slots.variables),
          inputs(given.inputs, given.inputs + slots.inputs),
          outputs(given.outputs, given.outputs + slots.outputs),
          bindings{given.arena, variables.data(), inputs.data(), outputs.data(), given.clock},
          body(run) {}
    void enqueue(Queue&) noexcept override { body(bindings); }
    std::vector<std::byte*> variables;
    std::vector<const std::byte*> inputs;
    std::vector<std::byte*> outputs;
    Bindings bindings;
    const Body& body;
  };
  return std::make_unique<ToyPrepared>(slots_, given, body_);
}

void run_once(const Executable& executable, const Bindings& bindings) {
  executable.prepare(bindings)->enqueue(*open_device("cpu")->queue(Urgency::step));
}

namespace {

std::vector<TestDevice>& test_devices() {
  static std::vector<TestDevice> devices{
      {"delayed", [] { return delayed_device({.trips_in_flight = 3}); },
       [](std::shared_ptr<const Executable> program) { return delayed(std::move(program)); }}};
  return devices;
}

}  // namespace

bool add_test_device(const TestDevice& device) {
  test_devices().push_back(device);
  return true;
}

const TestDevice* test_device() {
  const char* name = std::getenv("GANFLOW_TEST_DEVICE");
  if (name == nullptr) return nullptr;
  for (const TestDevice& device : test_devices())
    if (device.name == name) return &device;
  throw std::runtime_error(std::string("GANFLOW_TEST_DEVICE: there is no ") + name);
}

std::vector<LoweredReplica> lowered_for(
    const std::string& device, std::vector<LoweredReplica> replicas,
    std::shared_ptr<const Executable> (*program)(std::shared_ptr<const Executable>)) {
  for (LoweredReplica& replica : replicas) {
    replica.device = device;
    for (LoweredTrip& trip : replica.trips)
      for (LoweredStage& stage : trip.stages)
        if (stage.program) stage.program = program(stage.program);
    for (LoweredEvaluation& e : replica.evaluations) e.program = program(e.program);
  }
  return replicas;
}

std::vector<LoweredReplica> delayed(std::vector<LoweredReplica> replicas) {
  return lowered_for("delayed", std::move(replicas), [](std::shared_ptr<const Executable> program) {
    return delayed(std::move(program));
  });
}

Runner toy_runner(std::vector<LoweredReplica> replicas, RunnerOptions options, Sink& sink,
                  std::vector<std::optional<Restored>> restored) {
  const TestDevice* device = test_device();
  if (device == nullptr)
    return Runner(std::move(replicas), std::move(options), sink, std::move(restored));
  options.device = device->open();
  replicas = lowered_for(options.device->name(), std::move(replicas), device->program);
  return Runner(std::move(replicas), std::move(options), sink, std::move(restored));
}

RunResult run_toy(std::vector<LoweredReplica> replicas, const RunnerOptions& options, Sink& sink,
                  std::vector<std::optional<Restored>> restored) {
  Runner runner = toy_runner(std::move(replicas), options, sink, std::move(restored));
  const std::atomic<bool> stop{false};
  return runner.run(stop, {});
}

}  // namespace ganflow::test
