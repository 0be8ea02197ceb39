// run.h5: what a run directory says about itself, and links to everything else in it.
#pragma once

#include <string>

#include "engine/flow/sink.h"

namespace ganflow {

struct RunIndex {
  RunInfo info;
  std::string run_id;   // UUID, kept over resumes
  std::string created;  // UTC, "2026-01-31T12:00:00Z"
  std::string host;     // of the last start
  std::string version;  // of ganflow, of the last start
  int resumes = 0;
};

// A new identity for a run starting here and now.
RunIndex new_run_index(RunInfo info);

// "replica_000"
std::string replica_directory(int replica);
// "step_000012000"
std::string step_name(Step step);
// The step of "step_000012000.h5"; false for other names.
bool parse_step_file(const std::string& name, Step& step);

// Attributes schema, version, run_id, created, seed, graph, host, device, threads, resumes; dataset
// /config (JSON of the RunInfo); external links /metrics, /timing, /replica_RRR/{metrics, timing,
// rows, checkpoints, samples...} to the files that are there.
void write_run_index(const std::string& run, const RunIndex& index);

// Throws Error(usage) if `run` holds no run, Error(input) if its index is damaged.
RunIndex read_run_index(const std::string& run);

}  // namespace ganflow
