// One replica in memory: its Variables, its slots and where everything lies in them. Knows how to
// run a stage on a slot; when is the schedule node's business.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "engine/graph/lowered.h"
#include "engine/run/runner.h"
#include "engine/run/slots.h"
#include "engine/run/timeline.h"

namespace ganflow {

class Replica {
 public:
  // Fresh Variables are initialiser(seed, stream_id(name)), rounded to float. Throws Error(input)
  // when `restored` does not hold every Variable and counter.
  Replica(int index, int replicas, LoweredReplica lowered, const RunnerOptions& options,
          const Restored* restored);
  Replica(const Replica&) = delete;

  const LoweredReplica& lowered() const { return lowered_; }
  const LoweredPhase& phase(int p) const { return lowered_.phases[p]; }
  const Cut& start() const { return start_; }
  bool restored() const { return restored_; }
  int phases() const { return static_cast<int>(lowered_.phases.size()); }

  Token& step_token() { return step_; }
  std::deque<Token>& slots(int phase, Timing timing) {
    return timing == Timing::data ? data_[phase] : ahead_[phase];
  }

  // Gives the slot to an occurrence: its scalars, its key. False if the occurrence never runs; a
  // schedule that throws fails the slot.
  bool prepare(Token& token, int phase, std::uint64_t occurrence) noexcept;
  // Throws what a source throws.
  void run(Token& token, int stage) const;
  // Values of a tap, after its stage ran for the slot.
  std::span<const float> tap(const Token& token, const LoweredTap& tap) const;

  // Large enough for any evaluation of this replica; call for each replica that shares the slot.
  struct EvaluationNeeds {
    std::size_t variables = 0, arena = 0, output = 0, samples = 0;
    std::size_t scalars = 0, pointers = 0, inputs = 0, columns = 0;
  };
  void add_needs(EvaluationNeeds& needs) const;
  // Copies what evaluation `e` reads.
  void load(EvaluationSlot& slot, int e, Step step) const;
  // One call of its program. True when that was the last one.
  bool generate(EvaluationSlot& slot) const;
  // Throws what the metric throws.
  void measure(EvaluationSlot& slot) const;
  // All samples as the sink takes them.
  Samples samples(const EvaluationSlot& slot) const;

  SnapshotSlot make_snapshot() const;
  // Copies the Variables.
  void save(SnapshotSlot& slot, const Cut& cut) const;

 private:
  struct Layout {                            // of one phase
    std::vector<std::size_t> buffer, arena;  // offsets in their slot, by buffer and by stage
    std::vector<std::size_t> input, output;  // first pointer of each stage
    std::array<std::size_t, 3> bytes{}, inputs{}, outputs{};  // by Timing
    std::vector<std::vector<std::byte*>> variables;           // by stage
    std::vector<Extent> batch;                                // of source stages
  };
  Layout lay_out(const LoweredPhase& phase) const;
  void initialise(const Restored* restored);
  void allocate(Token& token, int phase, Timing timing) const;
  std::byte* buffer(const Token& token, int index) const;
  void fill_scalars(Memory& scalars, Step step) const;

  int index_, replicas_;
  LoweredReplica lowered_;
  Step steps_;
  bool restored_;
  Cut start_;
  std::vector<std::size_t> variable_offset_;
  std::size_t variable_bytes_ = 0;
  Memory variables_;
  std::vector<Layout> layouts_;
  Token step_;
  std::vector<std::deque<Token>> data_, ahead_;  // by phase
  // One per slot: occurrence numbers of a slot only grow, those of different slots interleave.
  std::vector<std::vector<Cursor>> cursors_;  // by phase: step token, ahead slots, data slots
};

}  // namespace ganflow
