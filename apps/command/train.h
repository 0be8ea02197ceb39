// Training: from flags to a finished run directory.
#pragma once

#include "apps/command/options.h"
#include "graphs/presets.h"

namespace ganflow::cli {

// Composes the graph once per member, checks everything, then trains. Returns the exit code; throws
// Error for whatever stops it before training and for output that cannot be written.
int train(const std::string& name, const Compose& compose, const RunOptions& options);

}  // namespace ganflow::cli
