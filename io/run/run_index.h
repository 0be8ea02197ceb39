// run.h5: what a run directory says about itself, and links to everything else in it.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/schedule.h"
#include "io/run/run_info.h"
#include "io/run/summary.h"

namespace ganflow {

struct RunIndex {
  RunInfo info;
  std::string run_id;   // UUID, kept over resumes
  std::string created;  // UTC, "2026-01-31T12:00:00Z"
  std::string host;     // of the last start
  std::string version;  // of ganflow, of the last start
  int resumes = 0;
  // Every immutable file, relative to the run, once it is closed; empty while it goes on.
  std::vector<std::string> files = {};
  std::vector<SummaryColumn> summary = {};  // written, not read
};

// A new identity for a run starting here and now.
RunIndex new_run_index(RunInfo info);

// Whether there is a timing.h5.
bool has_timing(const RunInfo& info);
// "/metrics.h5", "/timing.h5": behind the run's directory, or behind a replica's while it is
// written apart from the others.
const char* live_file(bool timing);
// The tables of metrics.h5, or of timing.h5.
std::vector<Table> tables_of(const ReplicaInfo& replica, bool timing);

// "replica_000"
std::string replica_directory(int replica);
// "step_000012000"
std::string step_name(Step step);
// The step of "step_000012000.h5"; false for other names.
bool parse_step_file(const std::string& name, Step& step);

// A RunInfo as the text of /config, and back. Throws Error(input) for other text.
std::string run_info_text(const RunInfo& info);
RunInfo run_info_from(const std::string& text);

// Attributes schema, version, run_id, created, seed, graph, host, device, threads, resumes; dataset
// /config (JSON of the RunInfo); group /summary (summary.h); external links /metrics, /timing,
// /replica_RRR/{metrics, timing, rows, checkpoints, samples...} to the files that are there;
// dataset /files (JSON).
void write_run_index(const std::string& run, const RunIndex& index);

// The immutable files of the replicas that are there, relative to the run, sorted.
std::vector<std::string> immutable_files(const std::string& run, const RunInfo& info);

// Throws Error(usage) if `run` holds no run, Error(input) if its index is damaged.
RunIndex read_run_index(const std::string& run);

}  // namespace ganflow
