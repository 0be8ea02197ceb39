#include "engine/ranks/ranks.h"

#include "engine/error.h"
#include "engine/ranks/together.h"

namespace ganflow {
namespace {

[[noreturn]] void refuse(const Launch& launch) {
  fail(Fault::usage,
       "it was started as {} processes, and this build has no MPI by which they could share the "
       "work; install libopenmpi-dev and build again, or start one process",
       launch.size);
}

}  // namespace

std::unique_ptr<Ranks> join_ranks(const Launch& launch) { refuse(launch); }
std::shared_ptr<Together> join_together(const Launch& launch, const std::atomic<bool>&) {
  refuse(launch);
}

}  // namespace ganflow
