// A run made ready to be used again: its graph composed as it was trained, a checkpoint read.
#pragma once

#include <memory>

#include "apps/command/use_run.h"
#include "engine/graph/lower.h"
#include "io/run/run_info.h"

namespace ganflow::cli {

struct LoadedRun {
  RunInfo info;  // its options are those of the replica
  std::unique_ptr<Graph> graph;
  std::unique_ptr<ProgramCache> cache = std::make_unique<ProgramCache>();
  std::shared_ptr<const Device> device;
  LoweredReplica replica;
  Restored state;
};

// Stored images are read only if `with_data` or if --data says where they are. Throws Error(usage)
// where the graph of that name is no longer the run's.
LoadedRun load_for_use(const UseOptions& options, const FindGraph& find, bool with_data = false);

// Whether it reads data that are not at hand.
bool lacks_data(const LoweredEvaluation& e);
// The run, with its data where an evaluation that is `wanted` needs them. Data that have moved are
// said on stderr; the evaluations that need none go on.
LoadedRun load_with_needed_data(const UseOptions& options, const FindGraph& find,
                                const std::function<bool(const LoweredEvaluation&)>& wanted);
// "RUN: the samples 'a', 'b' are made of the run's data; say where they are, --data SET:PATH"
std::string say_where(const std::string& run, const std::vector<std::string>& samples);

}  // namespace ganflow::cli
