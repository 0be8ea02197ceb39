// From a composed graph to what Runner executes: cuts the traced program into stages, compiles
// them.
#pragma once

#include "engine/graph/graph.h"
#include "engine/graph/lowered.h"

namespace ganflow {

// Compiled programs by content, so that replicas share them. Not thread-safe.
class ProgramCache {
 public:
  std::shared_ptr<const Executable> get(const Program& program, const CompileOptions& options);
  double compile_seconds() const { return seconds_; }

 private:
  std::map<std::uint64_t, std::vector<std::pair<std::string, std::shared_ptr<const Executable>>>>
      programs_;
  double seconds_ = 0;
};

// Checks the graph and lowers it for one replica. Throws Error(usage).
LoweredReplica lower(const Graph& graph, std::uint64_t seed, ProgramCache& cache);

// What --plan prints: phases, stages with their timing, kernels, products, memory.
std::string describe(const LoweredReplica& replica);

}  // namespace ganflow
