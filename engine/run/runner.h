// Runs lowered replicas as a oneTBB flow graph of closed token rings: nothing is rejected, nothing
// is generated freely, memory is the number of tokens. See lowered.h for what a stage is.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/device/device.h"
#include "engine/graph/lowered.h"

namespace ganflow {

struct RunnerOptions {
  std::shared_ptr<const Device> device = open_device("cpu");  // that the replicas were lowered for
  Step steps = 0;             // critic updates; stop at the first macro-iteration end at or after
  int threads = 1;            // TBB workers including the caller
  int prefetch = 3;           // data slots per phase and replica
  int ahead = 2;              // ahead slots per phase and replica
  Step checkpoint_every = 0;  // critic updates; 0: at the end only
  double checkpoint_seconds = 0;  // also when this long has passed since the last one; 0: never
  // Also when this has changed since the last one, at the next macro-iteration end; null: never.
  const std::atomic<int>* commits_wanted = nullptr;
  // Also when the updates of a replica since its last one left so many bytes of rows, which a sink
  // may have to hold until then.
  std::size_t row_bytes = std::size_t{32} << 20;
  // Ends at a plateau, as it would at `steps`; its factor means nothing.
  std::optional<Plateau> stop_on = {};
  // What replicas are called in messages, by place; empty: by their places.
  std::vector<int> numbers = {};
  std::string trace;  // file for Chrome/Perfetto JSON, empty: none
  int records = 256;  // rows of a phase per batch handed to the writer; of many replicas fewer
  // Seconds without any node having run after which stderr is told where every slot is; 0: never.
  double watchdog_seconds = 60;
};

// Called from the writer thread a few times a second.
struct Progress {
  int replica = 0;
  Step step = 0, steps = 0;
  double seconds = 0;                                  // since the run began
  std::vector<std::pair<std::string, double>> values;  // last row of the first phase
};

struct ReplicaResult {
  Step step = 0;
  bool failed = false;
  std::string message;  // "node 'critic_step' replica 2 step 100: loss is not finite (nan)"
  std::map<std::string, std::map<std::string, double>> evaluations;  // last values, by table
  bool flat = false;                      // it ended at a plateau, before `steps`
  std::map<std::string, double> lowered;  // scalars that plateaus made smaller, as they are now
};

struct NodeStatistics {
  std::string node;
  std::uint64_t count = 0;
  double busy_seconds = 0, p50_us = 0, p99_us = 0;
};

struct RunResult {
  std::vector<ReplicaResult> replicas;
  std::vector<NodeStatistics> nodes;
  double seconds = 0;
  double writer_wait_seconds = 0;  // steps that waited because every record was in flight
  bool stopped = false;            // by the stop flag, before `steps`
};

// Threads: a Runner belongs to one thread and runs once; none of its methods locks. During run()
// others may set `stop`, signal handlers too. The sink and `progress` are called from the writer's
// thread alone, one call at a time; sources and metrics from all workers side by side.
class Runner {
 public:
  // Replicas of equal stages share their nodes. `restored` is empty or one per replica.
  Runner(std::vector<LoweredReplica> replicas, RunnerOptions options, Sink& sink,
         std::vector<std::optional<Restored>> restored = {});
  ~Runner();

  // Blocks until every replica has stopped. `stop` is polled at every macro-iteration end.
  RunResult run(const std::atomic<bool>& stop,
                const std::function<void(const Progress&)>& progress);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ganflow
