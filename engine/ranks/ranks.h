// Messages between the processes that one launcher started, whatever it is that carries them: MPI
// where the build has it (engine/ranks/mpi, the only place that sees mpi.h), nothing otherwise
// (engine/ranks/none).
//
// Nothing here waits for another rank, so that one that died or hangs holds up nobody: a message to
// it is kept and never goes. The two exceptions say how long they wait.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/ranks/launch.h"

namespace ganflow {

class Ranks {
 public:
  struct Message {
    int from = 0;
    std::string bytes;
  };
  virtual ~Ranks() = default;

  // Those to one rank arrive in the order they were sent. One thread calls both.
  virtual void send(int to, std::string bytes) = 0;
  // The next that has come; absent: there is none now.
  virtual std::optional<Message> receive() = 0;
  // The last call. With every rank, each waits for all to leave, at most kLeave; without (one is
  // gone) it waits for nobody.
  virtual void leave(bool with_every_rank) = 0;

  static constexpr int kLeave = 20;  // seconds; then the process ends with `kLeftAlone`
  static constexpr int kLeftAlone = 1;
};

// Meets the others, which the launcher is trusted to have started; it is the launcher that ends the
// wait for one that does not come. Blocks signals for the threads that it starts. Throws
// Error(usage) where the build has no MPI, or MPI knows of other ranks than `launch`.
std::unique_ptr<Ranks> join_ranks(const Launch& launch);

}  // namespace ganflow
