// One run by many processes: mpirun or srun starts them, each trains the replicas that it takes
// from one queue, one after the other as it gets done with them.
//
//   rank 0   desk  ---socket--- trainer         the desk: lock, run.h5, queue, all that is said
//              |
//             MPI
//              |
//   rank 1   relay ---socket--- trainer         a trainer: its replicas' own files
//
// Each rank is two processes, so that a trainer that dies (a signal, no memory left, a bug) is a
// sentence and not the end of the others: launchers end a whole job when a process that MPI knows
// of dies. What a trainer had is not given to another one: --resume goes on with it.
//
// Nobody waits for ever: a trainer works, or its end is seen at once by its parent; a rank that
// says nothing for kSilence is taken for lost, and nothing is asked of it any more; at the end
// ranks wait Ranks::kLeave for each other.
#pragma once

#include "apps/command/options.h"
#include "apps/command/train.h"
#include "engine/ranks/launch.h"

namespace ganflow::sweep {

// As cli::train(), by every process of a launch. The exit code of rank 0 is that of the run, the
// others' is 0 unless they lost rank 0.
int train_on_ranks(const cli::Training& training, const cli::RunOptions& options,
                   const Launch& launch);

}  // namespace ganflow::sweep
