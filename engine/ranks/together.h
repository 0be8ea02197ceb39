// The ranks that train one replica together, each in lockstep with the others: they wait for each
// other, and none goes on without one that is gone.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "engine/chunks/peers.h"
#include "engine/ranks/launch.h"

namespace ganflow {

class Together : public Peers {
 public:
  // What every rank gives, by rank. Waits for all of them.
  virtual std::vector<std::string> share(const std::string& bytes) = 0;
  // That a rank wants to stop: seen by all of them behind the same gather.
  virtual const std::atomic<bool>& stopping() const = 0;
  // Seconds that this rank has spent in gathers.
  virtual double waited() const = 0;
  // Ends all ranks at once.
  [[noreturn]] virtual void give_up(int exit_code) = 0;
  // The last call, by every rank. A rank that waits for this one in a gather ends.
  virtual void leave() = 0;

  static constexpr int kSilence = 600;  // seconds that a gather waits for another rank
};

// All ranks of the launch. `stop`: that this one wants to stop. Threads that it starts take no
// signals. Throws Error(usage) where the build has no MPI, or MPI knows of other ranks than
// `launch`.
std::shared_ptr<Together> join_together(const Launch& launch, const std::atomic<bool>& stop);

}  // namespace ganflow
