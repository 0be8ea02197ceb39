// Training: one graph or the cells of an experiment, from their members to a run directory.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/command/options.h"
#include "apps/command/use_run.h"

namespace ganflow::cli {

struct Training {
  std::string name;  // of the run: a graph's or an experiment's
  std::vector<Member> members;
  FindGraph find;
  // What is said of a run that is over, by its directory; empty: the means of its metrics by --set.
  std::function<std::string(const std::string& run)> conclusion = {};
};

// Composes a graph once for all members of equal settings, checks everything, then trains. Returns
// the exit code: 0 done or stopped cleanly, 1 a replica failed. Throws Error for whatever stops it
// before training and for output that cannot be written.
int train(const Training& training, const RunOptions& options);

}  // namespace ganflow::cli
