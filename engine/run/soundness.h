// Numbers that are not finite: what stops a replica. Each says in a sentence what it found, or
// nothing.
#pragma once

#include <string>

#include "engine/run/replica.h"

namespace ganflow {

// A minimized loss of occurrence j of the trip that `step` has just made, with its node.
std::string unsound_objective(const Replica& replica, const Token& step, std::size_t j);

// A Variable about to be committed: updates come after their loss was seen.
std::string unsound_variable(int replica, const Snapshot& snapshot);

}  // namespace ganflow
