#include "apps/sweep/sweep.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "apps/command/say.h"
#include "apps/command/signals.h"
#include "apps/sweep/crew.h"
#include "apps/sweep/desk.h"
#include "apps/sweep/trainer.h"
#include "engine/error.h"

namespace ganflow::sweep {
namespace {

// Before anything that a child could not share: threads, MPI, HDF5.
Trainer fork_trainer(const cli::Training& training, const cli::RunOptions& options,
                     const Launch& launch) {
  auto [parent, child] = Channel::make();
  const pid_t pid = ::fork();
  if (pid < 0)
    fail(Fault::usage, "no process that trains can be made: {}; raise ulimit -u",
         std::strerror(errno));
  if (pid == 0) {
    parent.close();
    const int code = trainer(training, options, launch, child);
    std::fflush(nullptr);
    ::_exit(code);  // what the parent began is the parent's to end
  }
  return {std::move(parent), pid};
}

}  // namespace

int train_on_ranks(const cli::Training& training, const cli::RunOptions& options,
                   const Launch& launch) {
  std::fflush(nullptr);
  Trainer own = fork_trainer(training, options, launch);
  const cli::StopOnSignal signals(launch.rank == 0);
  std::unique_ptr<Ranks> ranks = join_ranks(launch);
  if (launch.rank != 0) {
    cli::silent = true;
    return relay(std::move(own), *ranks, signals.flag(), signals.commits_wanted());
  }
  Crew crew(std::move(own), std::move(ranks), launch.size);
  Desk desk(training, options, crew, signals);
  std::exception_ptr thrown;
  int code = 0;
  try {
    code = desk.run();
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) {
    // Said here: whoever waits for the others to leave may be ended by them.
    crew.leave();
    std::rethrow_exception(thrown);
  }
  crew.leave();
  return code;
}

}  // namespace ganflow::sweep
