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
#include "apps/bench/peer.h"
#include "apps/command/options.h"
#include "apps/command/say.h"
#include "apps/results/statistics.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/graph/nowhere.h"
#include "engine/run/runner.h"

namespace ganflow::bench {
namespace {

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

// What a peer took beside ours, pair by pair.
struct PeerTimes {
  std::string command;
  std::vector<double> one, many, one_ratio, many_ratio;

  void add(const std::string& of, int threads, double seconds, double ours_one, double ours_many) {
    one.push_back(peer_us(command, of, 1, seconds));
    many.push_back(peer_us(command, of, threads, seconds));
    one_ratio.push_back(one.back() / ours_one);
    many_ratio.push_back(many.back() / ours_many);
  }
};

// Those that can time a case; of the others it is said why not.
std::vector<PeerTimes> peers_of(const Case& of, const std::vector<std::string>& commands) {
  std::vector<PeerTimes> able;
  for (const std::string& command : commands) {
    try {
      peer_us(command, of.name, 1, 0.01);
      able.push_back({command, {}, {}, {}, {}});
    } catch (const Error& error) {
      cli::say(stderr, "{}; left out\n", error.what());
    }
  }
  return able;
}

std::string title_of(const Result& r) {
  return r.replicas > 1 ? fmt::format("{} x {}", r.name, r.replicas) : r.name;
}

void print(const Result& r) {
  cli::say("| {} | {:.0f} | {:.0f} | {:.2f} | {:.1f} | {:.0f} % | {:.0f} % |\n", title_of(r),
           r.one_us, r.many_us, r.speedup, r.mflop, 100 * r.one_share, 100 * r.many_share);
}

void print_peers(const std::vector<Result>& results, int threads) {
  bool headed = false;
  for (const Result& r : results)
    for (const PeerResult& peer : r.peers) {
      if (!std::exchange(headed, true))
        cli::say(
            "\n| case | peer | 1 thread | {0} threads | of ours, 1 | of ours, {0} |\n"
            "| --- | --- | --- | --- | --- | --- |\n",
            threads);
      cli::say("| {} | {} | {:.0f} | {:.0f} | {:.2f} | {:.2f} |\n", title_of(r), peer.command,
               peer.one_us, peer.many_us, peer.one_ratio, peer.many_ratio);
    }
}

nlohmann::json as_json(const Result& r) {
  nlohmann::json peers = nlohmann::json::array();
  for (const PeerResult& peer : r.peers)
    peers.push_back({{"command", peer.command},
                     {"one_us", peer.one_us},
                     {"many_us", peer.many_us},
                     {"one_ratio", peer.one_ratio},
                     {"many_ratio", peer.many_ratio}});
  return {{"peers", peers},           {"case", r.name},
          {"replicas", r.replicas},   {"threads", r.threads},
          {"one_us", r.one_us},       {"many_us", r.many_us},
          {"speedup", r.speedup},     {"mflop", r.mflop},
          {"one_share", r.one_share}, {"many_share", r.many_share}};
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
  std::vector<PeerTimes> peers = peers_of(of, options.peers);
  for (int pair = 0; pair < options.pairs; ++pair) {
    peak.push_back(peak_gflops());
    one.push_back(training.run(steps, 1));
    many.push_back(training.run(steps, result.threads));
    ratio.push_back(one.back() / many.back());
    for (PeerTimes& peer : peers)
      peer.add(of.name, result.threads, options.seconds, one.back(), many.back());
  }
  for (const PeerTimes& peer : peers)
    result.peers.push_back({peer.command, median(peer.one), median(peer.many),
                            median(peer.one_ratio), median(peer.many_ratio)});
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
  std::vector<Result> results;
  for (const Case& of : asked_for(options)) {
    if (!of.data.empty() && !data_of(of, options)) {
      cli::say(stderr, "{}: needs data, --data {}:DIR; left out\n", of.name, of.data);
      continue;
    }
    results.push_back(measure(of, options, find));
    const Result& result = results.back();
    if (options.json) {
      all["cases"].push_back(as_json(result));
      continue;
    }
    if (results.size() == 1)
      cli::say(
          "{:.0f} GFLOP/s a core; microseconds a critic update with its share of the generator's\n"
          "\n| case | 1 thread | {} threads | ratio | MFLOP | of the limit | of all threads' |\n"
          "| --- | --- | --- | --- | --- | --- | --- |\n",
          peak, result.threads);
    print(result);
  }
  if (options.json)
    cli::say("{}\n", all.dump(2));
  else
    print_peers(results, threads_of(options));
  return 0;
}

}  // namespace ganflow::bench
