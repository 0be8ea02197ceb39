#include "engine/run/runner.h"

#include "engine/error.h"
#include "engine/run/nodes.h"
#include "engine/run/runner_graph.h"
#include "engine/run/schedule_node.h"
#include "engine/run/trace.h"
#include "engine/run/watchdog.h"
#include "engine/run/watched.h"
#include "engine/run/writer.h"
#include "engine/tensor/memory.h"

namespace ganflow {
namespace {

// What the C library sets aside for what a thread allocates; the writer and the watchdog are such.
constexpr std::size_t kThreadMemory = 64 << 20, kOwnThreads = 2;

void at_least(const char* option, std::int64_t value, std::int64_t least) {
  if (value < least) {
    fail(Fault::usage, "option '{}' is {}, it must be at least {}", option, value, least);
  }
}

}  // namespace

struct Runner::Impl {
  Impl(RunnerOptions o, Sink& s) : options(std::move(o)), sink(s), tables(*options.device) {}
  RunnerOptions options;
  Sink& sink;
  ResidentTables tables;
  std::deque<Replica> replicas;

  std::string where(double seconds, const std::vector<std::string>& names) {
    std::string text = fmt::format("ganflow: nothing has moved for {} s:\n", seconds);
    const auto line = [&](const Replica& replica, const Token& token, const char* what) {
      const int node = token.node;
      text += fmt::format("  replica {}: {} at node '{}', step {}\n", replica.number(), what,
                          node < 0 ? "none" : names[static_cast<std::size_t>(node)],
                          token.seen_step.load());
    };
    for (Replica& replica : replicas) {
      for (const Token& token : replica.step_tokens()) line(replica, token, "step token");
      for (int t = 0; t < replica.trips(); ++t) {
        for (const Token& slot : replica.slots(t, Timing::data)) line(replica, slot, "data slot");
        for (const Token& slot : replica.slots(t, Timing::ahead)) line(replica, slot, "ahead slot");
      }
    }
    return text;
  }
};

Runner::Runner(std::vector<LoweredReplica> replicas, RunnerOptions options, Sink& sink,
               std::vector<std::optional<Restored>> restored)
    : impl_(new Impl(std::move(options), sink)) {
  const RunnerOptions& o = impl_->options;
  at_least("threads", o.threads, 1);
  at_least("prefetch", o.prefetch, 1);
  at_least("ahead", o.ahead, 1);
  at_least("records", o.records, 1);
  at_least("replicas", static_cast<std::int64_t>(replicas.size()), 1);
  restored.resize(replicas.size());
  for (const LoweredReplica& replica : replicas) {
    if (replica.phases.empty())
      fail(Fault::usage, "the graph has no phase: it measures, but there is nothing to train");
    if (replica.device != o.device->name())
      fail(Fault::usage, "a replica was lowered for device '{}' and is run on '{}'", replica.device,
           o.device->name());
    check_plateaus(replica);
    if (o.stop_on) watched_column(replica, *o.stop_on, "stop_on");
  }
  const int n = static_cast<int>(replicas.size());
  for (int r = 0; r < n; ++r) {
    impl_->replicas.emplace_back(r, n, std::move(replicas[r]), o, impl_->tables,
                                 restored[r] ? &*restored[r] : nullptr);
  }
}

Runner::~Runner() = default;

RunResult Runner::run(const std::atomic<bool>& stop,
                      const std::function<void(const Progress&)>& progress) {
  Impl& impl = *impl_;
  const RunnerOptions& options = impl.options;
  require_memory(kThreadMemory * (static_cast<std::size_t>(options.threads) + kOwnThreads));
  const auto start = Clock::now();
  const Nodes nodes = nodes_of(impl.replicas);
  const std::vector<std::string>& names = nodes.names;
  const auto writer_thread = static_cast<std::size_t>(options.threads);
  Statistics statistics(names.size(), writer_thread + 1);
  Trace trace(options.trace, names, writer_thread + 1);
  const std::size_t deliveries =
      impl.replicas.size() * (ScheduleNode::kBlocks + 1) + ScheduleNode::kEvaluationSlots;
  Writer writer({.replicas = impl.replicas,
                 .nodes = nodes,
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
    run_graph(options.threads, *options.device, impl.replicas, nodes, schedule_node, writer,
              statistics, trace);
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
    impl.sink.failed(r, of.message);
  }
  for (std::size_t n = 0; n < names.size(); ++n)
    result.nodes.push_back(statistics.node(n, names[n]));
  result.seconds = seconds_between(start, Clock::now());
  result.writer_wait_seconds = schedule_node.writer_wait_seconds();
  result.stopped = schedule_node.stopped();
  return result;
}

}  // namespace ganflow
