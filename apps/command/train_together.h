// One replica trained by several processes of a launch: each computes its chunks of every batch and
// all the rest alike. Rank 0 has the run directory and says what is said.
#pragma once

#include "apps/command/options.h"
#include "apps/command/train.h"
#include "engine/ranks/launch.h"

namespace ganflow::cli {

// That --ranks-per-replica of the options is what was started. Throws Error(usage).
void require_together(const Training& training, const RunOptions& options, const Launch& place);

// As train(), by every process. The exit code of rank 0 is that of the run.
int train_together(const Training& training, const RunOptions& options, const Launch& place);

}  // namespace ganflow::cli
