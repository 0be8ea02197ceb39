#include "engine/run/runner.h"

#include "engine/error.h"
#include "engine/graph/lowered_tables.h"
#include "engine/run/runner_graph.h"
#include "engine/run/schedule_node.h"
#include "engine/run/trace.h"
#include "engine/run/watchdog.h"
#include "engine/run/writer.h"

namespace ganflow {
namespace {

void at_least(const char* option, std::int64_t value, std::int64_t least) {
  if (value < least) {
    fail(Fault::usage, "option '{}' is {}, it must be at least {}", option, value, least);
  }
}

// Replicas share the nodes of one graph, so what --set changes may not change the stages.
void must_match(const LoweredReplica& first, const LoweredReplica& other, std::size_t index) {
  const auto refuse = [&](const std::string& what) {
    fail(Fault::usage,
         "replica {} differs from replica 0 in {}: options that change the stages of a graph need "
         "a run of their own",
         index, what);
  };
  if (first.phases.size() != other.phases.size()) refuse("its number of phases");
  if (first.trips.size() != other.trips.size()) refuse("how often its phases run");
  for (std::size_t t = 0; t < first.trips.size(); ++t) {
    const auto& a = first.trips[t];
    const auto& b = other.trips[t];
    if (a.name != b.name || a.stages.size() != b.stages.size()) {
      refuse("the stages of phase '" + a.name + "'");
    }
    for (std::size_t s = 0; s < a.stages.size(); ++s) {
      if (a.stages[s].name != b.stages[s].name || a.stages[s].timing != b.stages[s].timing ||
          a.stages[s].after != b.stages[s].after) {
        refuse("stage '" + a.stages[s].name + "'");
      }
    }
  }
  if (first.evaluations.size() != other.evaluations.size()) refuse("its evaluations");
  for (std::size_t e = 0; e < first.evaluations.size(); ++e) {
    const auto& a = first.evaluations[e];
    const auto& b = other.evaluations[e];
    if (a.name != b.name || !a.metric != !b.metric) refuse("evaluation '" + a.name + "'");
  }
}

}  // namespace

struct Runner::Impl {
  RunnerOptions options;
  Sink& sink;
  std::deque<Replica> replicas;

  std::string where(double seconds, const std::vector<std::string>& names) {
    std::string text = fmt::format("ganflow: nothing has moved for {} s:\n", seconds);
    const auto line = [&](const Token& token, const char* what) {
      const int node = token.node;
      text += fmt::format("  replica {}: {} at node '{}', step {}\n", token.replica, what,
                          node < 0 ? "none" : names[static_cast<std::size_t>(node)],
                          token.seen_step.load());
    };
    for (Replica& replica : replicas) {
      line(replica.step_token(), "step token");
      for (int t = 0; t < replica.trips(); ++t) {
        for (const Token& slot : replica.slots(t, Timing::data)) line(slot, "data slot");
        for (const Token& slot : replica.slots(t, Timing::ahead)) line(slot, "ahead slot");
      }
    }
    return text;
  }
};

Runner::Runner(std::vector<LoweredReplica> replicas, RunnerOptions options, Sink& sink,
               std::vector<std::optional<Restored>> restored)
    : impl_(new Impl{std::move(options), sink, {}}) {
  const RunnerOptions& o = impl_->options;
  at_least("threads", o.threads, 1);
  at_least("prefetch", o.prefetch, 1);
  at_least("ahead", o.ahead, 1);
  at_least("records", o.records, 1);
  at_least("replicas", static_cast<std::int64_t>(replicas.size()), 1);
  restored.resize(replicas.size());
  if (replicas[0].phases.empty())
    fail(Fault::usage, "the graph has no phase: it measures, but there is nothing to train");
  for (const LoweredReplica& replica : replicas)
    if (replica.device != o.device->name())
      fail(Fault::usage, "a replica was lowered for device '{}' and is run on '{}'", replica.device,
           o.device->name());
  for (std::size_t r = 1; r < replicas.size(); ++r) must_match(replicas[0], replicas[r], r);
  const int n = static_cast<int>(replicas.size());
  for (int r = 0; r < n; ++r) {
    impl_->replicas.emplace_back(r, n, std::move(replicas[r]), o,
                                 restored[r] ? &*restored[r] : nullptr);
  }
}

Runner::~Runner() = default;

RunResult Runner::run(const std::atomic<bool>& stop,
                      const std::function<void(const Progress&)>& progress) {
  Impl& impl = *impl_;
  const RunnerOptions& options = impl.options;
  const auto start = Clock::now();
  const std::vector<std::string> names = node_names(impl.replicas[0].lowered());
  const auto writer_thread = static_cast<std::size_t>(options.threads);
  Statistics statistics(names.size(), writer_thread + 1);
  Trace trace(options.trace, names, writer_thread + 1);
  const std::size_t deliveries =
      impl.replicas.size() * (ScheduleNode::kBlocks + 1) + ScheduleNode::kEvaluationSlots;
  Writer writer({.replicas = impl.replicas,
                 .sink = impl.sink,
                 .progress = progress,
                 .statistics = statistics,
                 .trace = trace,
                 .thread = writer_thread,
                 .capacity = deliveries,
                 .steps = options.steps,
                 .start = start});
  ScheduleNode schedule_node(impl.replicas, options, stop, writer.failed());
  {
    const Watchdog watchdog(
        options.watchdog_seconds, [&] { return statistics.visits(); },
        [&] { return impl.where(options.watchdog_seconds, names) + schedule_node.away(); });
    run_graph(options.threads, *options.device, impl.replicas, schedule_node, writer, statistics,
              trace);
    writer.finish();
  }
  trace.write(start);
  if (writer.error()) std::rethrow_exception(writer.error());

  RunResult result;
  for (int r = 0; r < static_cast<int>(impl.replicas.size()); ++r) {
    ReplicaResult& of = result.replicas.emplace_back(schedule_node.result(r));
    of.evaluations = writer.evaluations(r);
    if (!of.failed) continue;
    const std::optional<Step> good = writer.committed_before(r, schedule_node.good_before(r));
    of.message += good ? fmt::format("; the last good checkpoint is step {}", *good)
                       : "; there is no good checkpoint yet";
  }
  for (std::size_t n = 0; n < names.size(); ++n)
    result.nodes.push_back(statistics.node(n, names[n]));
  result.seconds = seconds_between(start, Clock::now());
  result.writer_wait_seconds = schedule_node.writer_wait_seconds();
  result.stopped = schedule_node.stopped();
  return result;
}

}  // namespace ganflow
