#include "engine/run/schedule_node.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/run/evaluation.h"
#include "engine/run/quantiles.h"
#include "engine/run/soundness.h"

namespace ganflow {
namespace {

// Rows wait this long for company before they go to the writer.
constexpr double kRowSeconds = 0.25;

}  // namespace

ScheduleNode::ScheduleNode(std::deque<Replica>& replicas, const RunnerOptions& options,
                           const std::atomic<bool>& stop, const std::atomic<bool>& output_failed)
    : options_(options), stop_(stop), output_failed_(output_failed) {
  EvaluationNeeds needs;
  for (Replica& replica : replicas) {
    State& s = states_.emplace_back();
    s.replica = &replica;
    s.cut = replica.start();
    s.last_boundary = s.cut.steps;
    s.made.assign(static_cast<std::size_t>(replica.trips()), 0);
    if (replica.restored()) s.committed = s.cut.steps;
    replica.make_snapshot(s.snapshot);
    s.snapshots.add(s.snapshot, 1);
    s.sent = s.committed_at = Clock::now();
    std::size_t bytes = 0, elements = 0;
    const std::vector<Table>& tables = replica.lowered().tables;
    for (int p = 0; p < replica.phases(); ++p) {
      s.row_bytes.push_back(tables[p].row_bytes());
      bytes += s.row_bytes[p] * static_cast<std::size_t>(options.records);
      for (const LoweredTap& tap : replica.phase(p).taps) {
        elements = std::max(elements, static_cast<std::size_t>(tap.elements));
      }
    }
    s.scratch.resize(elements);
    for (int b = 0; b < kBlocks; ++b) {
      RowBlock& block = s.blocks.emplace_back();
      block.bytes.resize(bytes);
      block.rows.resize(s.row_bytes.size());
      std::size_t begin = 0;
      for (const std::size_t row : s.row_bytes) {
        block.begin.push_back(begin);
        begin += row * static_cast<std::size_t>(options.records);
      }
      s.free_blocks.add(block, 1);
    }
    for (const LoweredEvaluation& e : replica.lowered().evaluations)
      add_needs(replica.lowered(), e, e.samples, needs);
  }
  for (int e = 0; e < kEvaluationSlots; ++e) {
    EvaluationSlot& slot = evaluation_slots_.emplace_back();
    allocate(slot, *options_.device, needs);
    free_evaluations_.add(slot, states_.size());
  }
}

void ScheduleNode::start(Edges& edges) {
  edges_ = &edges;
  for (State& s : states_) {
    Replica& replica = *s.replica;
    for (int t = 0; t < replica.trips(); ++t) {
      auto& slots = replica.slots(t, Timing::data);
      for (std::uint64_t k = 0; k < slots.size(); ++k)
        if (replica.prepare(slots[k], t, k)) edges.begin(slots[k]);
    }
    edges.schedule(replica.step_token());
  }
}

void ScheduleNode::advance(Token& step) noexcept {
  State& s = states_[step.replica];
  try {
    // Its marks have passed, what it computed is not there.
    if (const std::string why = options_.device->failure(); !why.empty())
      return die(s, fmt::format("replica {} step {}: {}", step.replica, s.cut.steps, why));
    for (;;) {
      switch (s.point) {
        case Point::row:
          if (!record_row(s)) return;
          break;
        case Point::boundary:
          at_boundary(s);
          break;
        case Point::evaluations:
          if (!evaluate(s)) return;
          break;
        case Point::commit:
          if (!commit(s)) return;
          break;
        case Point::saved:
          if (!saved(s)) return;
          break;
        case Point::proceed:
          if (!go_on(s)) return;
          break;
      }
    }
  } catch (...) {
    die(s, fmt::format("node 'schedule' replica {} step {}: {}", step.replica, s.cut.steps,
                       current_exception_text()));
  }
}

// The end of a trip.
bool ScheduleNode::record_row(State& s) {
  Token& step = s.replica->step_token();
  if (step.failed) {
    die(s, step.failure());
    return false;
  }
  const LoweredReplica& lowered = s.replica->lowered();
  const auto& occurrences = s.replica->trip(s.trip).occurrences;
  for (; s.recorded < occurrences.size(); ++s.recorded) {
    const std::size_t j = s.recorded;
    if (const std::string why = unsound_objective(*s.replica, step, j); !why.empty()) {
      s.unsound = true;
      die(s, why);
      return false;
    }
    if (!keep_row(s, j)) return false;
    ++s.cut.done[occurrences[j].phase];
    if (counts(lowered.phases, occurrences[j].phase)) ++s.cut.steps;
  }
  s.recorded = 0;
  recycle(s, step);
  if (++s.made[s.trip] < s.end) {
    next_trip(s);
    return false;
  }
  ++s.trip;
  return next_kind(s);
}

// The row of occurrence j. False where there is no block for it: the token waits.
bool ScheduleNode::keep_row(State& s, std::size_t j) {
  const Token& step = s.replica->step_token();
  const auto phase = static_cast<std::size_t>(s.replica->trip(s.trip).occurrences[j].phase);
  if (s.block == nullptr) {
    RowBlock* block = acquire(s, s.free_blocks, true);
    if (block == nullptr) return false;
    std::fill(block->rows.begin(), block->rows.end(), 0);
    s.block = block;
  }
  RowBlock& block = *s.block;
  const std::size_t row = static_cast<std::size_t>(block.rows[phase]++);
  RowWriter writer(s.replica->lowered().tables[phase],
                   block.bytes.data() + block.begin[phase] + row * s.row_bytes[phase]);
  s.uncommitted += s.row_bytes[phase];
  writer.put(step.row_steps[j]);
  const std::size_t taps = s.replica->phase(static_cast<int>(phase)).taps.size();
  for (std::size_t i = 0; i < taps; ++i) {
    const std::span<const float> values = s.replica->tap(step, j, i);
    if (values.size() == 1) {
      writer.put(values[0]);
    } else {
      for (const float q : quantiles(values, s.scratch)) writer.put(q);
    }
  }
  if (block.rows[phase] == options_.records ||
      seconds_between(s.sent, Clock::now()) >= kRowSeconds) {
    hand_over_rows(s);
  }
  return true;
}

// Sends the slots of the finished trip to the next ones they can serve.
void ScheduleNode::recycle(State& s, Token& step) {
  Replica& replica = *s.replica;
  if (step.data != nullptr) {
    Token& slot = *step.data;
    const std::uint64_t next = step.number + replica.slots(s.trip, Timing::data).size();
    if (replica.prepare(slot, s.trip, next)) edges_->begin(slot);
  }
  if (step.ahead != nullptr) {
    send_ahead(s, step.number + replica.slots(s.trip, Timing::ahead).size());
  }
}

// Only trips of this macro-iteration: the Variables read are final for no other.
void ScheduleNode::send_ahead(State& s, std::uint64_t number) {
  auto& slots = s.replica->slots(s.trip, Timing::ahead);
  if (slots.empty() || number >= s.end) return;
  Token& slot = slots[number % slots.size()];
  if (s.replica->prepare(slot, s.trip, number)) edges_->begin(slot);
}

void ScheduleNode::next_trip(State& s) {
  Token& step = s.replica->step_token();
  s.replica->prepare(step, s.trip, s.made[s.trip]);
  s.point = Point::row;
  edges_->begin(step);
}

// True when the macro-iteration is over and the token still here.
bool ScheduleNode::next_kind(State& s) {
  for (; s.trip < s.replica->trips(); ++s.trip) {
    const std::uint64_t first = s.made[s.trip];
    s.end = first + trips(s.replica->lowered(), s.trip, s.cut.macro);
    if (s.end == first) continue;
    const std::uint64_t slots = s.replica->slots(s.trip, Timing::ahead).size();
    for (std::uint64_t k = 0; k < slots; ++k) send_ahead(s, first + k);
    next_trip(s);
    return false;
  }
  ++s.cut.macro;
  s.first = false;
  s.point = Point::boundary;
  return true;
}

void ScheduleNode::stamp(const State& s, Delivery& delivery) const {
  delivery.belong_to(s.replica->step_token().replica);
  delivery.rows_before = s.rows;
  delivery.evaluations_before = s.evaluations;
  delivery.commits_before = s.commits;
}

void ScheduleNode::write(Delivery& delivery) {
  delivery.put("writer");
  edges_->write(delivery);
}

void ScheduleNode::hand_over_rows(State& s) {
  s.sent = Clock::now();
  if (s.block == nullptr) return;
  RowBlock& block = *s.block;
  s.block = nullptr;
  stamp(s, block);
  ++s.rows;
  write(block);
}

}  // namespace ganflow
