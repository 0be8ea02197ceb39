#include "apps/bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "apps/bench/peak.h"
#include "apps/command/options.h"
#include "apps/command/say.h"
#include "apps/results/statistics.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"

namespace ganflow::bench {
namespace {

// Training whose output nobody reads.
struct Nowhere final : Sink {
  void rows(int, int, std::span<const std::byte>) override {}
  void commit(int, const Snapshot&) override {}
  void samples(int, const Samples&) override {}
  void flush() override {}
  void failed(int, const std::string&) override {}
};

double median(const std::vector<double>& values) { return results::box_of(values).median; }

// A case, lowered once.
class Training {
 public:
  Training(const Case& of, const GraphSettings& settings, const cli::FindGraph& find)
      : replicas_(of.replicas), graph_(of.graph, settings) {
    find(of.graph)(graph_);
    lowered_ = lower(graph_, 1, cache_, *device_);
    lowered_.evaluations.clear();  // training alone
  }

  // Microseconds a critic update of a replica.
  double run(Step steps, int threads) const {
    std::vector<LoweredReplica> all(static_cast<std::size_t>(replicas_), lowered_);
    for (std::size_t r = 0; r < all.size(); ++r) all[r].seed = 1 + r;
    Nowhere sink;
    Runner runner(std::move(all), {.device = device_, .steps = steps, .threads = threads}, sink);
    const RunResult result = runner.run(std::atomic<bool>{false}, {});
    Step made = 0;
    for (const ReplicaResult& r : result.replicas) {
      if (r.failed) throw Error(Fault::replica, r.message);
      made += r.step;
    }
    return 1e6 * result.seconds / static_cast<double>(std::max<Step>(1, made));
  }

  // Of the products of the first macro-iteration, for each of its critic updates.
  double flops() const {
    double all = 0, updates = 0;
    for (const LoweredTrip& trip : lowered_.trips) {
      const LoweredPhase& phase = lowered_.phases[static_cast<std::size_t>(trip.phase)];
      const int count = phase.count(0);
      if (phase.counts) updates += count;
      for (const LoweredStage& stage : trip.stages)
        if (stage.program) all += count * stage.program->report().flops;
    }
    return all / std::max(1.0, updates);
  }

 private:
  int replicas_;
  std::shared_ptr<const Device> device_ = open_device("cpu");
  ProgramCache cache_;
  Graph graph_;
  LoweredReplica lowered_;
};

std::string family(const std::string& data) { return data.substr(0, data.find(':')); }

std::optional<std::string> data_of(const Case& of, const Options& options) {
  for (const std::string& data : options.data)
    if (family(data) == of.data) return data;
  return std::nullopt;
}

int threads_of(const Options& options) {
  return options.threads ? options.threads
                         : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

std::vector<Case> asked_for(const Options& options) {
  const std::vector<Case> known = cases();
  if (options.cases.empty()) return known;
  std::vector<Case> chosen;
  for (const std::string& name : options.cases) {
    const auto found = std::ranges::find(known, name, &Case::name);
    if (found != known.end()) {
      chosen.push_back(*found);
    } else {
      chosen.push_back({.name = name, .graph = name, .data = {}});
      if (!options.data.empty()) chosen.back().data = family(options.data[0]);
    }
  }
  return chosen;
}

void print(const Result& r) {
  cli::say("| {}{} | {:.0f} | {:.0f} | {:.2f} | {:.1f} | {:.0f} % | {:.0f} % |\n", r.name,
           r.replicas > 1 ? fmt::format(" x {}", r.replicas) : "", r.one_us, r.many_us, r.speedup,
           r.mflop, 100 * r.one_share, 100 * r.many_share);
}

nlohmann::json as_json(const Result& r) {
  return {{"case", r.name},     {"replicas", r.replicas},   {"threads", r.threads},
          {"one_us", r.one_us}, {"many_us", r.many_us},     {"speedup", r.speedup},
          {"mflop", r.mflop},   {"one_share", r.one_share}, {"many_share", r.many_share}};
}

}  // namespace

std::vector<Case> cases() {
  return {{"thesis-28", "thesis-28", ""},
          {"thesis-mnist", "thesis-mnist", "mnist"},
          {"toy-8gaussians", "toy-8gaussians", ""},
          {"dcgan", "mu-cifar", "cifar10", {{"width", "64"}, {"n_critic", "5"}}},
          {"replicas", "thesis-28", "", {}, 10}};
}

Result measure(const Case& of, const Options& options, const cli::FindGraph& find) {
  GraphSettings settings{.evaluate_every = 0, .sample_every = 0, .values = of.values};
  if (!of.data.empty()) settings.data = data_of(of, options);
  cli::RunOptions flags;
  flags.set = options.set;
  const std::vector<cli::Member> members = cli::members(flags, of.graph);
  if (members.size() > 1)
    fail(Fault::usage, "bench: --set makes {} runs, one is timed: give one value for each name",
         members.size());
  for (const auto& [name, value] : members[0].values) settings.values[name] = value;
  const Training training(of, settings, find);
  Result result{.name = of.name, .replicas = of.replicas, .threads = threads_of(options)};
  // Long enough a run for what happens once not to count; the first ones find out how many updates.
  Step steps = 10;
  double us = training.run(steps, 1);
  for (int i = 0; i < 2; ++i) {
    steps = std::max<Step>(10, static_cast<Step>(1e6 * options.seconds / us / of.replicas));
    us = training.run(steps, 1);
  }
  std::vector<double> one, many, ratio, peak;
  for (int pair = 0; pair < options.pairs; ++pair) {
    peak.push_back(peak_gflops());
    one.push_back(training.run(steps, 1));
    many.push_back(training.run(steps, result.threads));
    ratio.push_back(one.back() / many.back());
  }
  result.one_us = median(one);
  result.many_us = median(many);
  result.speedup = median(ratio);
  result.mflop = 1e-6 * training.flops();
  const double limit_us = 1e3 * result.mflop / median(peak);
  result.one_share = limit_us / result.one_us;
  result.many_share = limit_us / result.many_us / result.threads;
  return result;
}

int run(const Options& options, const cli::FindGraph& find) {
  const double peak = peak_gflops(0.5);
  nlohmann::json all{
      {"peak_gflops", peak}, {"threads", threads_of(options)}, {"cases", nlohmann::json::array()}};
  bool headed = false;
  for (const Case& of : asked_for(options)) {
    if (!of.data.empty() && !data_of(of, options)) {
      cli::say(stderr, "{}: needs data, --data {}:DIR; left out\n", of.name, of.data);
      continue;
    }
    const Result result = measure(of, options, find);
    if (options.json) {
      all["cases"].push_back(as_json(result));
      continue;
    }
    if (!std::exchange(headed, true))
      cli::say(
          "{:.0f} GFLOP/s a core; microseconds a critic update with its share of the generator's\n"
          "\n| case | 1 thread | {} threads | ratio | MFLOP | of the limit | of all threads' |\n"
          "| --- | --- | --- | --- | --- | --- | --- |\n",
          peak, result.threads);
    print(result);
  }
  if (options.json) cli::say("{}\n", all.dump(2));
  return 0;
}

}  // namespace ganflow::bench
