// `ganflow reproduce`: an experiment of a paper as one run, and its table.
#pragma once

#include "apps/command/options.h"
#include "apps/command/use_run.h"
#include "graphs/experiment.h"

namespace ganflow::cli {

// Trains the experiment's cells, or goes on with them, and prints the table. Returns train()'s exit
// code; throws Error.
int reproduce(const Experiment& experiment, const RunOptions& options, const FindGraph& find);

// A line an experiment: its title, size and cost.
std::string list_experiments(const std::vector<Experiment>& experiments, const FindGraph& find);

}  // namespace ganflow::cli
