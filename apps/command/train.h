// Training: from flags to a finished run directory.
#pragma once

#include "apps/command/options.h"
#include "graphs/presets.h"

namespace ganflow::cli {

// Composes the graph once per member, checks everything, then trains. Returns the exit code; throws
// Error for whatever stops it before training and for output that cannot be written.
int train(const std::string& name, const Compose& compose, const RunOptions& options);

// Prints the options of a graph with defaults, ranges and help, and its networks: layers, shapes,
// parameters, multiply-adds; with options.plan also
// the stages of its first member as compiled, with their memory. Returns the exit code.
int list_graph(const std::string& name, const Compose& compose, const RunOptions& options);

}  // namespace ganflow::cli
