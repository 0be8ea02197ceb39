// One replica on its device: its Variables, its slots and where everything lies in them. Knows how
// to enqueue a stage on a slot; when is the schedule node's business.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "engine/graph/lowered.h"
#include "engine/run/resident_tables.h"
#include "engine/run/runner.h"
#include "engine/run/slots.h"
#include "engine/run/timeline.h"
#include "engine/tensor/memory.h"

namespace ganflow {

class Replica {
 public:
  // Fresh Variables are initialiser(seed, stream_id(name)), rounded to float. Throws Error(input)
  // when `restored` does not hold every Variable and counter.
  Replica(int index, int replicas, LoweredReplica lowered, const RunnerOptions& options,
          ResidentTables& tables, const Restored* restored);
  Replica(const Replica&) = delete;

  // What it is called in messages.
  int number() const { return number_; }
  const LoweredReplica& lowered() const { return lowered_; }
  const LoweredPhase& phase(int p) const { return lowered_.phases[p]; }
  const LoweredTrip& trip(int t) const { return lowered_.trips[static_cast<std::size_t>(t)]; }
  const Cut& start() const { return start_; }
  bool restored() const { return restored_; }
  // Of the checkpoint it goes on from.
  const std::map<std::string, std::uint64_t>& counters() const { return counters_; }
  int phases() const { return static_cast<int>(lowered_.phases.size()); }
  int trips() const { return static_cast<int>(lowered_.trips.size()); }

  // As many as trips may be under way (Device::trips_in_flight()).
  std::deque<Token>& step_tokens() { return step_tokens_; }
  std::deque<Token>& slots(int trip, Timing timing) {
    return timing == Timing::data ? data_[trip] : ahead_[trip];
  }

  // Gives the slot, which must be home, to trip `number` of a kind: its scalars, its clocks, its
  // key. False if that trip is never made; a schedule that throws fails the slot.
  bool prepare(Token& token, int trip, std::uint64_t number) noexcept;
  // In trips that are prepared from here on a scalar is this many times its schedule.
  void rescale(int scalar, double factor) { factors_[static_cast<std::size_t>(scalar)] = factor; }
  // Enqueues a stage on the slot's queue; a source runs here and is uploaded. Throws what a source
  // throws.
  void enqueue(Token& token, int stage) const;
  // Behind the last stage of its timing: what the host will read, then the mark token.done.
  void leave(Token& token) const;
  // Values of tap `index` of the trip's occurrence j, once the step token's mark has passed.
  std::span<const float> tap(const Token& token, std::size_t j, std::size_t index) const;

  // From here on `team` shares the work of its stages, and keeps a thread for it until rest().
  void help_by(Team& team);
  void rest();

  // Enqueues copies of what evaluation `e` reads, behind what the step token has enqueued.
  void load(EvaluationSlot& slot, int e, Step step);

  // What make_snapshot() gives views of, and what save() copies the Variables to: slot.landed says
  // when.
  void make_snapshot(SnapshotSlot& slot) const;
  void save(SnapshotSlot& slot, const Cut& cut);
  // Once it has landed: what the views show of Variables that the device keeps in another order.
  void settle(SnapshotSlot& slot) const;

 private:
  struct Layout {                            // of one kind of trip
    std::vector<std::size_t> buffer, arena;  // offsets in their slot, by buffer and by stage
    std::array<std::size_t, 3> buffer_bytes{}, arena_bytes{};  // by Timing
    std::array<std::size_t, 3> taps_begin{}, taps_end{};       // what a slot brings to the host
    std::vector<std::size_t> clocks;                           // offsets in the control, by stage
    std::size_t control_bytes = 0;
    std::array<bool, 3> programs{};                  // by Timing: whether any program runs
    std::vector<std::vector<std::byte*>> variables;  // by stage
    std::vector<Extent> batch;                       // of source stages
    std::size_t first_stage = 0;                     // among those of all trips
  };
  Layout lay_out(const LoweredTrip& trip) const;
  void initialise(const Restored* restored);
  void allocate(Token& token, int trip, Timing timing, std::size_t slot);
  // One executable per stage and pair of slots it may be joined with.
  void prepare_stages(Token& token);
  std::unique_ptr<Prepared> prepared(const Token& token, int trip, int stage, const Token* data,
                                     const Token* ahead) const;
  const Token& slot_of(const Token& token, int trip, int buffer, const Token* data,
                       const Token* ahead) const;
  std::size_t pair_of(const Token& token) const;
  std::pair<std::size_t, std::size_t> filled_by(int trip, const LoweredStage& stage) const;
  // At a step, one cell of kAlignment bytes each.
  void fill_scalars(Step step, std::byte* cells) const;
  std::size_t scalar_at(int index, int occurrence) const {
    const auto scalars = lowered_.scalars.size();
    return (static_cast<std::size_t>(occurrence) * scalars + static_cast<std::size_t>(index)) *
           kAlignment;
  }
  const DrawClock* clocks_of(const std::byte* control, int trip, std::size_t stage) const {
    return reinterpret_cast<const DrawClock*>(control + layouts_[trip].clocks[stage]);
  }

  Team* team_ = nullptr;
  int index_, replicas_, number_;
  LoweredReplica lowered_;
  std::shared_ptr<const Device> device_;
  Step steps_;
  bool restored_;
  std::map<std::string, std::uint64_t> counters_;
  Cut start_;
  std::vector<double> factors_;  // of the scalars
  std::vector<std::size_t> variable_offset_;
  std::size_t variable_bytes_ = 0;
  Block variables_;
  std::vector<const std::byte*> residents_;  // of lowered_.residents
  std::vector<Layout> layouts_;
  std::deque<Token> step_tokens_;
  std::vector<std::deque<Token>> data_, ahead_;  // by trip
  // One per slot: trip numbers of a slot only grow, those of different slots interleave.
  std::vector<std::vector<Cursor>> cursors_;  // by trip: step tokens, ahead slots, data slots
  std::unique_ptr<Queue> output_;  // snapshots on their way to the host, behind the step's marks
};

}  // namespace ganflow
