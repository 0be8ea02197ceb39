// What is done before a run directory takes its first row.
#pragma once

#include <optional>
#include <string>

#include "io/disk/durable.h"
#include "io/run/resume.h"
#include "io/run/run_index.h"

namespace ganflow {

// Makes the directory. Throws Error(usage) if it holds a run, parts of one, or anything else.
RunLock lock_new_run(const std::string& path);

// The index of a run that goes on. Throws Error(usage) if its tables are not those of `info`.
RunIndex resumed(const ResumeState& state, RunInfo info);

// Renames files of steps beyond the point where a run goes on: computed again, so no longer part of
// it.
void set_aside(const std::string& directory, std::optional<Step> last);

// Of a directory: its metrics.h5 and timing.h5.
void remove_live_files(const std::string& directory);

// What writers that died left behind.
void remove_temporaries(const std::string& directory);

}  // namespace ganflow
