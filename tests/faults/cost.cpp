// What output costs: thesis-28 with its run directory against thesis-28 whose rows and checkpoints
// go nowhere, evaluation and samples off in both. Many short pairs, each of the two first in every
// other one: the clock of a processor drifts by more than output costs. A measurement for a quiet
// machine, no test.
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "apps/command/options.h"
#include "engine/error.h"
#include "engine/flow/lower.h"
#include "engine/flow/runner.h"
#include "gates.h"
#include "graphs/topology.h"
#include "io/child.h"
#include "io/run_directory.h"

namespace ganflow::faults {
namespace {

constexpr const char* kPreset = "thesis-28";
constexpr Step kSteps = 5000, kCheckpointEvery = 1000;

class Nowhere final : public Sink {
 public:
  void rows(int, int, std::span<const std::byte>) override {}
  void commit(int, const Snapshot&) override {}
  void samples(int, const Samples&) override {}
  void flush() override {}
};

LoweredReplica lowered(ProgramCache& cache) {
  RunOptions options;
  options.steps = kSteps;
  options.evaluate_every = options.sample_every = 0;
  const Member member = members(options)[0];
  Graph graph(kPreset, graph_settings(options, member));
  const std::vector<NamedGraph> all = presets();
  std::find_if(all.begin(), all.end(), [](const NamedGraph& g) {
    return g.name == kPreset;
  })->compose(graph);
  return lower(graph, member.seed, cache);
}

RunInfo info_of(const LoweredReplica& replica) {
  RunInfo info{.graph = kPreset, .device = "cpu", .threads = 1};
  info.replicas.push_back({.seed = replica.seed, .tables = Runner::tables(replica)});
  return info;
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

// Hands on to a sink that is there later than the Runner.
class Later final : public Sink {
 public:
  void rows(int r, int table, std::span<const std::byte> rows) override {
    to->rows(r, table, rows);
  }
  void commit(int r, const Snapshot& snapshot) override { to->commit(r, snapshot); }
  void samples(int r, const Samples& samples) override { to->samples(r, samples); }
  void flush() override { to->flush(); }
  Sink* to = nullptr;
};

// In a process of its own, in which the Runner is made first: where its memory lies, on which its
// speed depends, is the same with output and without.
Timed timed(const std::string& run) {
  const ChildOutcome outcome = in_child(600, [&] {
    ProgramCache cache;
    std::vector<LoweredReplica> replicas;
    replicas.push_back(lowered(cache));
    const RunInfo info = info_of(replicas[0]);
    Later sink;
    Runner runner(std::move(replicas),
                  {.steps = kSteps, .threads = 1, .checkpoint_every = kCheckpointEvery}, sink);
    Nowhere nowhere;
    std::unique_ptr<RunDirectory> directory;
    if (!run.empty()) directory = std::make_unique<RunDirectory>(run, info);
    sink.to = directory ? static_cast<Sink*>(directory.get()) : &nowhere;
    const std::atomic<bool> stop{false};
    const auto begin = std::chrono::steady_clock::now();
    const double before = thread_seconds();
    const RunResult result = runner.run(stop, {});
    const double thread = thread_seconds() - before;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    // The last node is the writer.
    return fmt::format("{} {} {} {}", took.count(), thread, result.writer_wait_seconds,
                       result.nodes.back().busy_seconds);
  });
  Timed t;
  if (!outcome.ok || std::sscanf(outcome.text.c_str(), "%lf %lf %lf %lf", &t.seconds, &t.thread,
                                 &t.waited, &t.writer) != 4)
    throw std::runtime_error(outcome.text);
  return t;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

GateResult output_cost(const GateOptions& options) {
  GateResult result;
  const auto without = [] { return timed(""); };
  const auto with = [&] { return timed(options.fresh()); };
  without();  // the first run finds a cold machine
  std::vector<double> off, on, ratios, thread_ratios, waited, writer;
  for (; result.tried < options.count; ++result.tried) {
    const bool first = result.tried % 2 == 0;
    const Timed early = first ? without() : with(), late = first ? with() : without();
    const Timed &a = first ? early : late, &b = first ? late : early;
    off.push_back(a.seconds);
    on.push_back(b.seconds);
    ratios.push_back(b.seconds / a.seconds);
    thread_ratios.push_back(b.thread / a.thread);
    waited.push_back(b.waited);
    writer.push_back(b.writer);
  }
  std::string rows;
  ProgramCache cache;
  for (const Table& table : Runner::tables(lowered(cache)))
    rows += fmt::format("{}{} {}", rows.empty() ? "" : ", ", table.name, table.row_bytes());
  result.note = fmt::format(
      "{} of {} steps, seconds without output and with: least {:.3f} and {:.3f}, median {:.3f} and "
      "{:.3f}; median of a pair's ratios {:.4f} ({:.4f} to {:.4f}), of its processor times {:.4f}; "
      "{:.3f} s waited for the sink, {:.3f} s in it beside training; bytes a row: {}",
      kPreset, kSteps, *std::min_element(off.begin(), off.end()),
      *std::min_element(on.begin(), on.end()), median(off), median(on), median(ratios),
      *std::min_element(ratios.begin(), ratios.end()),
      *std::max_element(ratios.begin(), ratios.end()), median(thread_ratios), median(waited),
      median(writer), rows);
  return result;
}

}  // namespace ganflow::faults
