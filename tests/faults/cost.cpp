// What output costs: thesis-28 with its run directory against thesis-28 whose rows and checkpoints
// go nowhere, in turn, evaluation and samples off in both. A measurement for a quiet machine, no
// test.
#include <time.h>

#include <algorithm>
#include <chrono>

#include "apps/command/options.h"
#include "engine/error.h"
#include "engine/flow/lower.h"
#include "engine/flow/runner.h"
#include "gates.h"
#include "graphs/topology.h"
#include "io/run_directory.h"

namespace ganflow::faults {
namespace {

constexpr const char* kPreset = "thesis-28";
constexpr Step kCheckpointEvery = 1000;
constexpr int kPairs = 5;

class Nowhere final : public Sink {
 public:
  void rows(int, int, std::span<const std::byte>) override {}
  void commit(int, const Snapshot&) override {}
  void samples(int, const Samples&) override {}
  void flush() override {}
};

LoweredReplica lowered(Step steps, ProgramCache& cache) {
  RunOptions options;
  options.steps = steps;
  options.evaluate_every = options.sample_every = 0;
  const Member member = members(options)[0];
  Graph graph(kPreset, graph_settings(options, member));
  const std::vector<NamedGraph> all = presets();
  std::find_if(all.begin(), all.end(), [](const NamedGraph& g) {
    return g.name == kPreset;
  })->compose(graph);
  return lower(graph, member.seed, cache);
}

struct Timed {
  double seconds = 0;  // of training, wall-clock, the last commit included
  double thread = 0;   // processor time of the one thread that trains
  double waited = 0;   // of these for the sink
  double writer = 0;   // in the sink, beside training
};

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Timed timed(LoweredReplica replica, Step steps, Sink& sink) {
  std::vector<LoweredReplica> replicas;
  replicas.push_back(std::move(replica));
  const auto begin = std::chrono::steady_clock::now();
  Runner runner(std::move(replicas),
                {.steps = steps, .threads = 1, .checkpoint_every = kCheckpointEvery}, sink);
  const std::atomic<bool> stop{false};
  const double before = thread_seconds();
  const RunResult result = runner.run(stop, {});
  const double thread = thread_seconds() - before;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  // The last node is the writer.
  return {took.count(), thread, result.writer_wait_seconds, result.nodes.back().busy_seconds};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

GateResult output_cost(const GateOptions& options) {
  GateResult result;
  ProgramCache cache;
  std::vector<double> off, on, ratios, thread_ratios, waited, writer;
  std::string rows;
  for (; result.tried < kPairs; ++result.tried) {
    Nowhere nowhere;
    const Timed without = timed(lowered(options.count, cache), options.count, nowhere);
    LoweredReplica replica = lowered(options.count, cache);
    RunInfo info{.graph = kPreset, .device = "cpu", .threads = 1};
    info.replicas.push_back({.seed = replica.seed, .tables = Runner::tables(replica)});
    rows.clear();
    for (const Table& table : info.replicas[0].tables)
      rows += fmt::format("{}{} {}", rows.empty() ? "" : ", ", table.name, table.row_bytes());
    RunDirectory directory(options.fresh(), info);
    const Timed with = timed(std::move(replica), options.count, directory);
    off.push_back(without.seconds);
    on.push_back(with.seconds);
    ratios.push_back(with.seconds / without.seconds);
    thread_ratios.push_back(with.thread / without.thread);
    waited.push_back(with.waited);
    writer.push_back(with.writer);
  }
  result.note = fmt::format(
      "{} of {} steps, least: {:.3f} s without output, {:.3f} s with; medians: {:.3f} s and {:.3f} "
      "s, of a pair's ratios {:.4f} "
      "({:.4f} to {:.4f}); processor time of training {:.4f}, {:.3f} s waited for the sink, {:.3f} "
      "s "
      "in the sink beside it; bytes a row: {}",
      kPreset, options.count, *std::min_element(off.begin(), off.end()),
      *std::min_element(on.begin(), on.end()), median(off), median(on), median(ratios),
      *std::min_element(ratios.begin(), ratios.end()),
      *std::max_element(ratios.begin(), ratios.end()), median(thread_ratios), median(waited),
      median(writer), rows);
  return result;
}

}  // namespace ganflow::faults
