#include "apps/command/gpu_check.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <map>
#include <vector>

#include "apps/command/say.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "engine/run/runner.h"

namespace ganflow::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Step kComparedSteps = 10;       // later the two drift apart, as any two roundings do
constexpr double kMostDifference = 1e-3;  // of float32 sums in another order, after as many steps
constexpr int kLaunches = 1000, kRoundTrips = 200;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

// What a run leaves that equal runs leave, too.
class Left final : public Sink {
 public:
  explicit Left(std::vector<Table> tables) : tables_(std::move(tables)) {}
  void rows(int, int table, std::span<const std::byte> rows) override {
    if (tables_[static_cast<std::size_t>(table)].timing) return;
    auto& bytes = rows_[table];
    bytes.insert(bytes.end(), rows.begin(), rows.end());
  }
  void commit(int, const Snapshot& snapshot) override {
    for (const VariableView& v : snapshot.variables)
      variables_[v.name].assign(v.data.begin(), v.data.end());
  }
  void samples(int, const Samples&) override {}
  void flush() override {}
  void failed(int, const std::string&) override {}
  bool operator==(const Left& other) const {
    return rows_ == other.rows_ && variables_ == other.variables_;
  }
  // Largest |a - b| / max(1, |b|) of all Variables; infinite where one is not finite.
  double distance(const Left& other) const {
    double most = 0;
    for (const auto& [name, values] : variables_) {
      const std::vector<float>& others = other.variables_.at(name);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double b = others[i], d = std::abs(values[i] - b) / std::max(1.0, std::abs(b));
        most = d <= most ? most : std::isnan(d) ? INFINITY : d;
      }
    }
    return most;
  }

 private:
  std::vector<Table> tables_;
  std::map<int, std::vector<std::byte>> rows_;
  std::map<std::string, std::vector<float>> variables_;
};

struct Trained {
  Left left;
  double seconds = 0;
  Step steps = 0;
};

// Trains a replica; a device that fails throws Error(replica).
Trained train(const std::shared_ptr<const Device>& device, const CheckedGraph& checked, Step steps,
              const FindGraph& find) {
  GraphSettings settings = checked.settings;
  settings.steps = steps;
  settings.evaluate_every = settings.sample_every = 0;
  Graph graph(checked.name, settings);
  find(checked.name)(graph);
  ProgramCache cache;
  std::vector<LoweredReplica> lowered{lower(graph, 1, cache, *device)};
  Trained trained{Left(lowered[0].tables)};
  Runner runner(std::move(lowered), {.device = device, .steps = steps, .threads = 2}, trained.left);
  const RunResult result = runner.run(std::atomic<bool>{false}, {});
  if (result.replicas[0].failed) throw Error(Fault::replica, result.replicas[0].message);
  trained.seconds = result.seconds;
  trained.steps = result.replicas[0].step;
  return trained;
}

struct Latency {
  double launch = 0, round_trip = 0;  // microseconds
};

// Of a program that has next to nothing to do.
Latency latency_of(const Device& device) {
  Builder b;
  output(b, "y", affine(input(b, "x", {{8}, DType::real}), 2, 1));
  const auto executable = device.compile(b.program());
  const Block arena = device.allocate(executable->arena_bytes()), x = device.allocate(32),
              y = device.allocate(32);
  const std::byte* inputs[] = {x.data()};
  std::byte* outputs[] = {y.data()};
  const auto queue = device.queue(Urgency::step);
  const auto prepared =
      executable->prepare({.arena = arena.data(), .inputs = inputs, .outputs = outputs});
  const auto launches = [&](int n) {
    for (int i = 0; i < n; ++i) prepared->enqueue(*queue);
    queue->mark().wait();
  };
  launches(kRoundTrips);
  Latency latency;
  auto start = Clock::now();
  launches(kLaunches);
  latency.launch = microseconds_since(start) / kLaunches;
  start = Clock::now();
  for (int i = 0; i < kRoundTrips; ++i) launches(1);
  latency.round_trip = microseconds_since(start) / kRoundTrips;
  if (const std::string why = device.failure(); !why.empty()) throw Error(Fault::replica, why);
  return latency;
}

double per_step(const Trained& trained) {
  return 1e6 * trained.seconds / static_cast<double>(std::max<Step>(1, trained.steps));
}

}  // namespace

bool check_device(const std::shared_ptr<const Device>& gpu, std::span<const CheckedGraph> graphs,
                  const FindGraph& find, const std::function<void(const std::string&)>& print) {
  const std::shared_ptr<const Device> cpu = open_device("cpu");
  const Latency latency = latency_of(*gpu);
  print(fmt::format("device {}, {:%Y-%m-%d %H:%M} UTC: {:.1f} us a launch, {:.1f} us to and fro",
                    gpu->name(), fmt::gmtime(std::time(nullptr)), latency.launch,
                    latency.round_trip));
  print("");
  print(fmt::format("| graph | two runs | off the CPU after {} | us a critic update | CPU |",
                    kComparedSteps));
  print("| --- | --- | --- | --- | --- |");
  bool holds = true;
  for (const CheckedGraph& graph : graphs) {
    try {
      const Trained first = train(gpu, graph, graph.steps, find);
      const Trained second = train(gpu, graph, graph.steps, find);
      const Trained here = train(cpu, graph, graph.steps, find);
      const double difference = train(gpu, graph, kComparedSteps, find)
                                    .left.distance(train(cpu, graph, kComparedSteps, find).left);
      const bool equal = first.left == second.left, near = difference <= kMostDifference;
      print(fmt::format("| {} | {}: {} | {:.1e}{} | {:.1f} | {:.1f} |", graph.name, graph.steps,
                        equal ? "equal bits" : "DIFFERENT BITS", difference, near ? "" : " TOO FAR",
                        std::min(per_step(first), per_step(second)), per_step(here)));
      holds = holds && equal && near;
    } catch (const Error& e) {
      print(fmt::format("| {} | FAILED: {} | | | |", graph.name, e.what()));
      holds = false;
    }
  }
  return holds;
}

int gpu_check(const std::string& device, const FindGraph& find) {
  const std::vector<CheckedGraph> graphs = {
      {"thesis-28-sts", {}}, {"thesis-28", {}}, {"toy-8gaussians", {}}};
  const bool holds = check_device(open_device(device), graphs, find,
                                  [](const std::string& line) { say("{}\n", line); });
  if (!holds) say(stderr, "ganflow: {} does not compute what the CPU computes\n", device);
  return holds ? 0 : static_cast<int>(Fault::replica);
}

}  // namespace ganflow::cli
