// What an existing run directory offers: its index, its checkpoints, its committed rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/graph/lowered.h"
#include "io/disk/durable.h"
#include "io/run/checkpoint.h"
#include "io/run/run_index.h"

namespace ganflow {

// A run about to go on. It holds the run's lock; nothing of the run is changed until a RunDirectory
// takes it over, except that damaged files are renamed to "....corrupt".
struct ResumeState {
  std::string path;
  RunLock lock;
  RunIndex index;
  // Per replica the newest checkpoint that is whole and whose rows are whole; absent: start anew.
  std::vector<std::optional<Restored>> restored;
  // Stored in that checkpoint, absent without one.
  struct Origin {
    std::uint64_t seed = 0, program_hash = 0;
  };
  std::vector<std::optional<Origin>> origin;
  // Per replica the steps of the rows files that lead to that checkpoint, in order.
  std::vector<std::vector<Step>> commits;
  std::vector<std::string> messages;  // what was found damaged and what was done about it
};

// Throws Error(busy) if the run is going on, Error(usage) if there is no run in `path`, Unreadable
// if one of its files can only not be read now. If its index is damaged or missing: Error(input or
// usage), or, when `known` says what the run is, a message and that.
ResumeState load_run(const std::string& path, const RunInfo* known = nullptr);

// One replica, the only one of `info`, of a run that another process opened and shares
// (RunLock::share). Throws as load_run() does.
ResumeState load_part(const std::string& path, const RunInfo& info);

// A checkpoint of any run, also one that is going on: of `step`, or the newest that is whole.
// Throws Error(usage) if there is none (listing those there are), Error(input) if all are damaged;
// newer ones that are add to `messages`.
Checkpoint load_checkpoint(const std::string& run, int replica, std::optional<Step> step = {},
                           std::vector<std::string>* messages = nullptr);

// Whether there is a run in `path`, also one that has lost its index.
bool holds_run(const std::string& path);

// Steps of the files step_N.h5 in a directory, ascending.
std::vector<Step> steps_in(const std::string& directory);

}  // namespace ganflow
