// Which macro-iteration an occurrence of a phase belongs to. A pure function of the phases' counts,
// so that a slot filled ahead of time knows the step its scalars are for, and whether its
// occurrence will ever run, also when counts change as training goes on.
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

// Walks forward through the occurrences of one phase. Allocates nothing.
class Cursor {
 public:
  Cursor(const std::vector<LoweredPhase>& phases, int phase, const Cut& start);

  // Moves to `occurrence`, which is not before the last one asked for. False if it never runs
  // because its macro-iteration would begin when `steps` are done.
  bool seek(std::uint64_t occurrence, Step steps);
  // Critic updates done when the occurrence runs.
  Step step() const { return begin_ + before_ + (counts_ ? occurrence_ - first() : 0); }
  // The step of its row: critic updates count themselves.
  Step row_step() const { return step() + (counts_ ? 1 : 0); }
  std::uint64_t macro() const { return macro_; }
  // The last occurrence of a phase that comes before this one; 0 if there is none.
  std::uint64_t last(int phase) const;

 private:
  void load();
  std::uint64_t first() const { return done_[static_cast<std::size_t>(phase_)]; }

  const std::vector<LoweredPhase>* phases_;
  int phase_;
  std::uint64_t macro_;
  std::vector<std::uint64_t> done_;  // occurrences of every phase before macro_
  Step begin_;                       // critic updates done when macro_ begins
  bool counts_;
  std::uint64_t critic_ = 0;  // critic updates in macro_
  std::uint64_t before_ = 0;  // those of phases before this one
  std::uint64_t count_ = 0;   // occurrences of this phase in macro_
  std::uint64_t occurrence_ = 0;
};

}  // namespace ganflow
