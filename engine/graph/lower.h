// From a composed graph to what Runner executes: cuts the traced program into stages, compiles
// them.
#pragma once

#include <optional>

#include "engine/chunks/executable.h"
#include "engine/device/device.h"
#include "engine/graph/graph.h"
#include "engine/graph/lowered.h"

namespace ganflow {

// Compiled programs by content, device and options, so that replicas share them. Devices must
// outlive it. Not thread-safe.
class ProgramCache {
 public:
  std::shared_ptr<const Executable> get(const Device& device, const Program& program,
                                        const CompileOptions& options);
  double compile_seconds() const { return seconds_; }

 private:
  struct Entry {
    const Device* device;
    CompileOptions options;
    std::string listing;
    std::shared_ptr<const Executable> executable;
  };
  std::map<std::uint64_t, std::vector<Entry>> programs_;  // by the program's hash
  double seconds_ = 0;
};

// Checks the graph and lowers it for one replica on a device; with a division, whose batch is then
// the graph's, what it trains by is computed in chunks of the batch. Throws Error(usage).
LoweredReplica lower(const Graph& graph, std::uint64_t seed, ProgramCache& cache,
                     const Device& device = *open_device("cpu"),
                     const std::optional<Division>& division = {});

// What --plan prints: phases, stages with their timing, kernels, products, memory.
std::string describe(const LoweredReplica& replica);

}  // namespace ganflow
