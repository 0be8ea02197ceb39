// Which macro-iteration a trip belongs to, and which occurrences of the phases it runs. A pure
// function of the phases' counts, so that a slot filled ahead of time knows the steps its scalars
// are for, and whether its trip will ever be made, also when counts change as training goes on.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/graph/lowered.h"

namespace ganflow {

// A macro-iteration end, from which a run starts.
struct Cut {
  std::uint64_t macro = 0;          // macro-iterations done
  std::vector<std::uint64_t> done;  // occurrences done, per phase
  Step steps = 0;                   // critic updates done: occurrences of the phases that count
};

// Whether a phase's occurrences are critic updates: the first phase's, and those that say so.
bool counts(const std::vector<LoweredPhase>& phases, int phase);

// Occurrences of `phase` in macro-iteration `macro`. Throws Error(usage) below 0, and below 1 for
// the only phase that counts: it drives the steps.
std::uint64_t occurrences(const std::vector<LoweredPhase>& phases, int phase, std::uint64_t macro);

// Critic updates in macro-iteration `macro`; Error(usage) if there are none.
std::uint64_t critic_updates(const std::vector<LoweredPhase>& phases, std::uint64_t macro);

// How often a trip is made in macro-iteration `macro`.
std::uint64_t trips(const LoweredReplica& replica, int trip, std::uint64_t macro);

// Walks forward through the trips of one kind, numbered from the start. Allocates nothing.
class Cursor {
 public:
  Cursor(const LoweredReplica& replica, int trip, const Cut& start);

  // Moves to trip `n`, which is not before the last one asked for. False if it is never made
  // because its macro-iteration would begin when `steps` are done.
  bool seek(std::uint64_t n, Step steps);
  std::uint64_t macro() const { return macro_; }

  // Of occurrence j of the trip: which one of its phase it is.
  std::uint64_t occurrence(std::size_t j) const;
  // Critic updates done when it runs.
  Step step(std::size_t j) const;
  // The step of its row: critic updates count themselves.
  Step row_step(std::size_t j) const { return step(j) + (counted(phase_of(j)) ? 1 : 0); }
  // The last occurrence of a phase that comes before it; 0 if there is none.
  std::uint64_t last(std::size_t j, int phase) const;

 private:
  void load();
  int phase_of(std::size_t j) const { return of().occurrences[j].phase; }
  bool counted(int phase) const { return counts(replica_->phases, phase); }
  const LoweredTrip& of() const { return replica_->trips[static_cast<std::size_t>(trip_)]; }

  const LoweredReplica* replica_;
  int trip_;
  std::vector<std::uint64_t> rank_;  // of the occurrences among those of their phase in the trip
  std::uint64_t macro_;
  std::vector<std::uint64_t> done_;           // occurrences of every phase before macro_
  Step begin_;                                // critic updates done when macro_ begins
  std::uint64_t critic_ = 0;                  // critic updates in macro_
  std::vector<std::uint64_t> critic_before_;  // those of phases before each phase
  std::uint64_t trips_done_ = 0;              // before macro_
  std::uint64_t count_ = 0;                   // trips in macro_
  std::uint64_t skipped_ = 0;   // occurrences of its phase in macro_ that trips before these make
  std::uint64_t in_macro_ = 0;  // trips of macro_ before this one
};

}  // namespace ganflow
