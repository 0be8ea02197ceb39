#include "engine/ranks/launch.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace ganflow {
namespace {

// The leading number of a variable, "2(x3)" -> 2; `otherwise` where there is none.
int number(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return otherwise;
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  return end == text || value < 0 || value > 1 << 24 ? otherwise : static_cast<int>(value);
}

}  // namespace

Launch launch() {
  if (std::getenv("OMPI_COMM_WORLD_RANK") != nullptr)
    return {.rank = number("OMPI_COMM_WORLD_RANK", 0),
            .size = std::max(1, number("OMPI_COMM_WORLD_SIZE", 1)),
            .local_rank = number("OMPI_COMM_WORLD_LOCAL_RANK", 0),
            .local_size = std::max(1, number("OMPI_COMM_WORLD_LOCAL_SIZE", 1))};
  // Slurm's own variables also stand in the scripts that call srun: PMIx's rank tells them apart.
  if (std::getenv("PMIX_RANK") != nullptr)
    return {.rank = number("PMIX_RANK", 0),
            .size = std::max(1, number("SLURM_STEP_NUM_TASKS", 1)),
            .local_rank = number("SLURM_LOCALID", 0),
            .local_size = std::max(1, number("SLURM_STEP_TASKS_PER_NODE", 1))};
  return {};
}

int cores_of(const Launch& launch) {
  const int all = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  cpu_set_t own;
  CPU_ZERO(&own);
  const int bound = sched_getaffinity(0, sizeof own, &own) == 0 ? CPU_COUNT(&own) : all;
  return bound < all ? std::max(1, bound) : std::max(1, all / launch.local_size);
}

}  // namespace ganflow
