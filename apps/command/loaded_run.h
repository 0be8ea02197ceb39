// A run made ready to be used again: its graph composed as it was trained, a checkpoint read.
#pragma once

#include <memory>

#include "apps/command/use_run.h"
#include "engine/graph/lower.h"

namespace ganflow::cli {

struct LoadedRun {
  RunInfo info;
  std::unique_ptr<Graph> graph;
  std::unique_ptr<ProgramCache> cache = std::make_unique<ProgramCache>();
  std::shared_ptr<const Device> device;
  LoweredReplica replica;
  Restored state;
};

// Stored images are read only if `with_data` or if --data says where they are. Throws Error(usage)
// where the graph of that name is no longer the run's.
LoadedRun load_for_use(const UseOptions& options, const FindGraph& find, bool with_data = false);

}  // namespace ganflow::cli
