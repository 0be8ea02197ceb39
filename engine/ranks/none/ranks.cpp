#include "engine/ranks/ranks.h"

#include "engine/error.h"

namespace ganflow {

std::unique_ptr<Ranks> join_ranks(const Launch& launch) {
  fail(Fault::usage,
       "it was started as {} processes, and this build has no MPI by which they could share the "
       "work; install libopenmpi-dev and build again, or start one process",
       launch.size);
}

}  // namespace ganflow
