// What plateaus (schedule.h) watch in a lowered replica.
#pragma once

#include <string>

#include "engine/graph/lowered.h"

namespace ganflow {

// Throws Error(usage), `who` ("--stop-after 5") in front, where there is no such column of an
// evaluation, or it is measured at the end only.
WatchedColumn watched_column(const LoweredReplica& replica, const Plateau& plateau,
                             const std::string& who);

// Throws Error(usage) for plateaus of scalars that watch what is not there, and of scalars that are
// read where what an evaluation said may come too late: by what is made ahead of the step, and by
// evaluations.
void check_plateaus(const LoweredReplica& replica);

}  // namespace ganflow
