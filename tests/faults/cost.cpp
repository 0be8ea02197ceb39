// What output costs: one run of thesis-28, evaluation and samples off, of which every other stretch
// of steps is written to a run directory while the rows and checkpoints of the rest go nowhere. Two
// runs would differ by more than output costs: the clock of a processor drifts, and memory lies
// better or worse. A measurement for a quiet machine, no test.
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "apps/command/options.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "gates.h"
#include "graphs/presets.h"
#include "io/run/run_directory.h"

namespace ganflow::faults {
using namespace cli;
namespace {

constexpr const char* kPreset = "thesis-28";
// Stretches begin halfway between two checkpoints, so that each pays for those it contains.
constexpr Step kCheckpointEvery = 1000, kStretch = 2 * kCheckpointEvery, kFirst = 500;

LoweredReplica lowered(Step steps) {
  RunOptions options;
  options.steps = steps;
  options.evaluate_every = options.sample_every = 0;
  const Member member = members(options, kPreset)[0];
  Graph graph(kPreset, graph_settings(options, member));
  const std::vector<NamedGraph> all = presets();
  std::find_if(all.begin(), all.end(), [](const NamedGraph& g) {
    return g.name == kPreset;
  })->compose(graph);
  ProgramCache cache;
  return lower(graph, member.seed, cache);
}

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Of the wall's clock and of the processor's time for the thread that trains.
using Times = std::array<double, 2>;

class EveryOther final : public Sink {
 public:
  // Made on the thread that will train.
  EveryOther(RunDirectory& directory, const Table& first) : directory_(directory), first_(first) {
    ::pthread_getcpuclockid(::pthread_self(), &training_);
  }

  void rows(int replica, int table, std::span<const std::byte> rows) override {
    if (table == 0) {
      reached(static_cast<Step>(first_.last_row(rows).step()));
    }
    if (on_) directory_.rows(replica, table, rows);
  }
  void commit(int replica, const Snapshot& snapshot) override {
    if (on_) directory_.commit(replica, snapshot);
  }
  void samples(int, const Samples&) override {}
  void failed(int replica, const std::string& why) override { directory_.failed(replica, why); }
  void flush() override {
    if (on_) directory_.flush();
  }

  // A step's share of each stretch, the first without output, the second with, and so on.
  const std::vector<Times>& stretches() const { return stretches_; }

 private:
  void reached(Step step) {
    if (step < next_) return;
    const Times now{seconds_of(CLOCK_MONOTONIC), seconds_of(training_)};
    if (begun_ > 0) {
      const auto steps = static_cast<double>(step - begun_);
      stretches_.push_back({(now[0] - then_[0]) / steps, (now[1] - then_[1]) / steps});
      on_ = !on_;
    }
    begun_ = step;
    then_ = now;
    next_ += kStretch;
  }

  RunDirectory& directory_;
  Table first_;
  clockid_t training_{};
  bool on_ = false;
  Step next_ = kFirst, begun_ = 0;
  Times then_{};
  std::vector<Times> stretches_;
};

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

}  // namespace

GateResult output_cost(const GateOptions& options) {
  const Step steps = kFirst + (2 * options.count + 1) * kStretch + kCheckpointEvery;
  std::vector<LoweredReplica> replicas;
  replicas.push_back(lowered(steps));
  RunInfo info{.graph = kPreset, .device = "cpu", .threads = 1};
  info.replicas.push_back({.seed = replicas[0].seed, .tables = replicas[0].tables});
  const std::vector<Table>& tables = info.replicas[0].tables;
  RunDirectory directory(options.fresh(), info);
  EveryOther sink(directory, tables[0]);
  Runner runner(std::move(replicas),
                {.steps = steps, .threads = 1, .checkpoint_every = kCheckpointEvery}, sink);
  const std::atomic<bool> stop{false};
  const RunResult run = runner.run(stop, {});

  GateResult result;
  std::array<std::vector<double>, 2> ratios, off;
  const std::vector<Times>& all = sink.stretches();
  for (std::size_t i = 1; i + 1 < all.size(); i += 2, ++result.tried)
    for (std::size_t t = 0; t < 2; ++t) {
      const double beside = (all[i - 1][t] + all[i + 1][t]) / 2;  // drifts cancel
      off[t].push_back(beside);
      ratios[t].push_back(all[i][t] / beside);
    }
  std::string rows;
  for (const Table& table : tables)
    rows += fmt::format("{}{} {}", rows.empty() ? "" : ", ", table.name, table.row_bytes());
  // The last node is the writer.
  result.note = fmt::format(
      "stretches of {} steps of {}, {:.3f} ms a step without output; with it times {:.4f} (median; "
      "quartiles {:.4f}, {:.4f}), processor time times {:.4f} ({:.4f}, {:.4f}); of {:.0f} s {:.3f} "
      "waited for the sink, {:.3f} in it beside training; bytes a row: {}",
      kStretch, kPreset, 1e3 * quantile(off[0], 0.5), quantile(ratios[0], 0.5),
      quantile(ratios[0], 0.25), quantile(ratios[0], 0.75), quantile(ratios[1], 0.5),
      quantile(ratios[1], 0.25), quantile(ratios[1], 0.75), run.seconds, run.writer_wait_seconds,
      run.nodes.back().busy_seconds, rows);
  return result;
}

}  // namespace ganflow::faults
