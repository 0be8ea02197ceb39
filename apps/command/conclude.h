// What is said of a run that is over, and where a new one lies.
#pragma once

#include <string>

#include "apps/command/options.h"
#include "apps/command/progress.h"
#include "apps/command/train.h"
#include "engine/run/runner.h"

namespace ganflow::cli {

// Makes runs/NAME-001, the first number that is free, also among starts at one time.
std::string free_directory(const std::string& name);

// Says how the run ended and what it left.
void conclude(const Training& training, const RunOptions& options, const RunResult& result,
              const ProgressView& view, const std::string& run);

// Whether a replica failed, as an exit code.
int exit_code(const RunResult& result);

}  // namespace ganflow::cli
