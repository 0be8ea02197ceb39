// What `list --graph` says of one graph.
#pragma once

#include <string>

#include "apps/command/options.h"
#include "graphs/presets.h"

namespace ganflow::cli {

// Prints the options of a graph with defaults, ranges and help, those of techniques that are off
// below the --set that turns them on, and its networks: layers, shapes, parameters, multiply-adds;
// with options.plan also the stages of its first member as compiled, with their memory. Returns the
// exit code.
int list_graph(const std::string& name, const Compose& compose, const RunOptions& options);

}  // namespace ganflow::cli
