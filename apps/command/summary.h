// What a run says when it is over.
#pragma once

#include <string>
#include <vector>

#include "apps/command/options.h"
#include "apps/command/progress.h"
#include "engine/run/runner.h"

namespace ganflow::cli {

// Metrics by --set values, each the mean over its seeds: a floor stands beside what it bounds
// ("kl 0.031 (floor 0.014)"). Failed replicas are named and left out.
std::string summary(const std::vector<Member>& members, const RunResult& result,
                    const ProgressView& progress);

}  // namespace ganflow::cli
