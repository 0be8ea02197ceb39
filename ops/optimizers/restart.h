// Forgetting the moments of an optimizer where training changes its subject, as between stages of
// smooth to sharp. With r(t) the number of restarts so far and r' what it was at the update
// before, every state s of the optimizer is read as
//
//   r(t) = r' ? s : 0
//
// so the first update of a stage is that of a fresh optimizer, whatever the phase and its count.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// State "<name>/restarts" (r') of each parameter beside the optimizer's own, which must start at 0.
// The slot of `restarts` is "<node>.restarts" unless it has a name.
Optimizer restarting(Optimizer optimizer, Scalar restarts);

}  // namespace ganflow
