// Where this process stands among those that one launcher started together.
#pragma once

namespace ganflow {

struct Launch {
  int rank = 0, size = 1;              // among all
  int local_rank = 0, local_size = 1;  // among those of this machine
};

// As the environment says that mpirun of Open MPI (OMPI_COMM_WORLD_RANK ...) or srun with PMIx
// (PMIX_RANK, SLURM_STEP_NUM_TASKS ...) makes for each of its processes; without both, alone.
Launch launch();

// Cores that this process may use: those it is bound to, or, where the launcher binds none, its
// share of the machine's. >= 1.
int cores_of(const Launch& launch);

}  // namespace ganflow
