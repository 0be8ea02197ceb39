// A training made ready: its graphs composed, lowered for the device, and everything that can be
// refused before a run directory is made.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/command/options.h"
#include "apps/command/train.h"
#include "engine/chunks/peers.h"
#include "engine/device/device.h"
#include "engine/graph/lower.h"
#include "engine/graph/lowered.h"
#include "engine/run/runner.h"
#include "io/run/run_info.h"

namespace ganflow::cli {

struct Prepared {
  std::shared_ptr<const Device> device;
  int threads = 1;
  ProgramCache cache;
  std::deque<Graph> graphs;            // ports point to them
  std::vector<const Graph*> graph_of;  // by replica
  std::vector<LoweredReplica> replicas;
  Step steps = 0;
};

// Composes a graph once for all members of equal settings and says what their data have to be said
// of. `peers`: who trains the replica together with this process; null: nobody. Throws
// Error(usage).
Prepared lowered(const Training& training, const RunOptions& options,
                 const std::shared_ptr<Peers>& peers = nullptr);

// What the run records of itself, and what its Runner is told but where the run lies. Throws
// Error(usage) for flags that ask for what these graphs do not have.
struct Described {
  RunInfo info;
  RunnerOptions run;
};
Described described(const Training& training, const RunOptions& options, const Prepared& prepared);

}  // namespace ganflow::cli
