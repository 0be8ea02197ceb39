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

// What all replicas' blocks of rows take together, and the rows a block has room for whatever that
// makes: beyond, more replicas have smaller blocks.
constexpr std::size_t kBlockMemory = 8 << 20;
constexpr int kLeastRecords = 16;

// Of every phase.
int records_of_block(const std::deque<Replica>& replicas, int most) {
  std::size_t row = 0;  // bytes of one record of every phase in every block
  for (const Replica& replica : replicas)
    for (int p = 0; p < replica.phases(); ++p)
      row +=
          replica.lowered().tables[static_cast<std::size_t>(p)].row_bytes() * ScheduleNode::kBlocks;
  const auto wanted = static_cast<std::size_t>(most);
  const std::size_t fit = std::min(wanted, kBlockMemory / std::max<std::size_t>(row, 1));
  return std::max(std::min(most, kLeastRecords), static_cast<int>(fit));
}

// One more occurrence of a phase.
void add(const std::vector<LoweredPhase>& phases, int phase, Cut& cut) {
  ++cut.done[static_cast<std::size_t>(phase)];
  if (counts(phases, phase)) ++cut.steps;
}

}  // namespace

ScheduleNode::ScheduleNode(std::deque<Replica>& replicas, const RunnerOptions& options,
                           const std::atomic<bool>& stop, const std::atomic<bool>& output_failed)
    : options_(options),
      records_(records_of_block(replicas, options.records)),
      stop_(stop),
      output_failed_(output_failed) {
  EvaluationNeeds needs;
  for (Replica& replica : replicas) {
    State& s = states_.emplace_back();
    s.replica = &replica;
    s.cut = s.begun = replica.start();
    for (Token& token : replica.step_tokens()) s.idle.push_back(&token);
    s.away.reserve(s.idle.size());
    s.trip = replica.trips();  // the run begins at a boundary
    s.last_boundary = s.cut.steps;
    s.made.assign(static_cast<std::size_t>(replica.trips()), 0);
    s.kept = s.sent_ahead = s.made;
    if (replica.restored()) s.committed = s.cut.steps;
    replica.make_snapshot(s.snapshot);
    s.snapshots.add(s.snapshot, 1);
    s.sent = s.committed_at = Clock::now();
    std::size_t bytes = 0, elements = 0;
    const std::vector<Table>& tables = replica.lowered().tables;
    for (int p = 0; p < replica.phases(); ++p) {
      s.row_bytes.push_back(tables[p].row_bytes());
      bytes += s.row_bytes[p] * static_cast<std::size_t>(records_);
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
        begin += row * static_cast<std::size_t>(records_);
      }
      s.free_blocks.add(block, 1);
    }
    add_judges(s);
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
    edges.schedule(replica.step_tokens().front());
  }
}

template <class Body>
void ScheduleNode::guarded(State& s, Body body) noexcept {
  const int index = s.replica->number();
  const std::lock_guard lock(s.mutex);
  if (s.over) return;
  try {
    // Its marks have passed, what it computed is not there.
    if (const std::string why = options_.device->failure(); !why.empty())
      return die(s, fmt::format("replica {} step {}: {}", index, s.cut.steps, why));
    body();
  } catch (...) {
    die(s, fmt::format("node 'schedule' replica {} step {}: {}", index, s.cut.steps,
                       current_exception_text()));
  }
}

void ScheduleNode::advance(Token& step) noexcept {
  State& s = states_[step.replica];
  guarded(s, [&] {
    if (step.away) {
      step.away = false;
      step.home = true;
      if (s.entering == &step) s.entering = nullptr;
    } else {
      s.waits = false;
    }
    run(s);
  });
}

void ScheduleNode::left(const Token& step) noexcept {
  State& s = states_[step.replica];
  guarded(s, [&] {
    if (s.entering == &step) s.entering = nullptr;
    if (!step.failed) run(s);
  });
}

void ScheduleNode::run(State& s) {
  while (!s.waits) {
    bool on = false;
    switch (s.point) {
      case Point::trips:
        on = record_trips(s) && begin_trips(s);
        break;
      case Point::boundary:
        at_boundary(s);
        on = true;
        break;
      case Point::judgement:
        on = judge(s);
        break;
      case Point::evaluations:
        on = evaluate(s);
        break;
      case Point::commit:
        on = commit(s);
        break;
      case Point::saved:
        on = saved(s);
        break;
      case Point::proceed:
        on = go_on(s);
        break;
    }
    if (!on) return;
  }
}

// The trips that are home, in order.
bool ScheduleNode::record_trips(State& s) {
  while (!s.away.empty() && s.away.front()->home) {
    Token& token = *s.away.front();
    if (!record_rows(s, token)) return false;
    token.home = false;
    s.away.erase(s.away.begin());
    s.idle.push_back(&token);
    recycle(s, token);
  }
  return true;
}

bool ScheduleNode::record_rows(State& s, Token& token) {
  if (token.failed) {
    die(s, token.failure());
    return false;
  }
  const LoweredReplica& lowered = s.replica->lowered();
  const auto& occurrences = s.replica->trip(token.trip).occurrences;
  for (; s.recorded < occurrences.size(); ++s.recorded) {
    const std::size_t j = s.recorded;
    if (const std::string why = unsound_objective(*s.replica, token, j); !why.empty()) {
      s.unsound = true;
      die(s, why);
      return false;
    }
    if (!keep_row(s, token, j)) return false;
    add(lowered.phases, occurrences[j].phase, s.cut);
  }
  s.recorded = 0;
  return true;
}

// The row of occurrence j. False where there is no block for it: the token waits.
bool ScheduleNode::keep_row(State& s, Token& step, std::size_t j) {
  const auto phase = static_cast<std::size_t>(s.replica->trip(step.trip).occurrences[j].phase);
  if (s.block == nullptr) {
    RowBlock* block = acquire(s, s.free_blocks, step, true);
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
  if (block.rows[phase] == records_ || seconds_between(s.sent, Clock::now()) >= kRowSeconds) {
    hand_over_rows(s);
  }
  return true;
}

// Sends the slots of the finished trip to the next ones they can serve.
void ScheduleNode::recycle(State& s, Token& step) {
  Replica& replica = *s.replica;
  if (step.data != nullptr) {
    Token& slot = *step.data;
    const std::uint64_t next = step.number + replica.slots(step.trip, Timing::data).size();
    if (replica.prepare(slot, step.trip, next)) edges_->begin(slot);
  }
  ++s.kept[step.trip];
  if (s.opened && s.trip == step.trip) send_ahead(s);
}

// The ahead slots that are home, to the next trips of this kind in this macro-iteration: the
// Variables read are final for no other.
void ScheduleNode::send_ahead(State& s) {
  auto& slots = s.replica->slots(s.trip, Timing::ahead);
  if (slots.empty()) return;
  std::uint64_t& next = s.sent_ahead[s.trip];
  for (; next < std::min(s.end, s.kept[s.trip] + slots.size()); ++next) {
    Token& slot = slots[next % slots.size()];
    if (!s.replica->prepare(slot, s.trip, next)) continue;
    if (!s.behind.passed()) slot.queue->after(s.behind);
    edges_->begin(slot);
  }
}

// True when all trips of a macro-iteration have been made and what happens at its end is due.
bool ScheduleNode::begin_trips(State& s) {
  while (s.entering == nullptr && !s.idle.empty()) {
    try {
      if (s.refused.empty() && find_trip(s)) {
        begin_trip(s);
        continue;
      }
      if (!s.away.empty() && s.refused.empty() && !asks(s)) {
        next_macro(s);
        continue;
      }
    } catch (...) {
      s.refused = current_exception_text();
    }
    if (!s.away.empty()) return false;
    if (!s.refused.empty()) fail(Fault::usage, "{}", s.refused);
    s.cut.macro = s.begun.macro;
    s.point = Point::boundary;
    return true;
  }
  return false;
}

// The next trip of this macro-iteration, if there is one more.
bool ScheduleNode::find_trip(State& s) {
  for (; s.trip < s.replica->trips(); ++s.trip, s.opened = false) {
    std::uint64_t& made = s.made[s.trip];
    if (!s.opened) {
      s.end = made + trips(s.replica->lowered(), s.trip, s.begun.macro);
      s.opened = true;
      s.behind = s.away.empty() ? Mark() : s.away.back()->done;
      send_ahead(s);
    }
    if (made < s.end) return true;
  }
  if (s.in_macro) {
    s.in_macro = s.first = false;
    ++s.begun.macro;
  }
  return false;
}

void ScheduleNode::begin_trip(State& s) {
  Token& token = *s.idle.front();
  s.idle.erase(s.idle.begin());
  s.away.push_back(&token);
  s.entering = &token;
  token.away = true;
  s.replica->prepare(token, s.trip, s.made[s.trip]++);
  const LoweredReplica& lowered = s.replica->lowered();
  for (const TripOccurrence& made : s.replica->trip(s.trip).occurrences)
    add(lowered.phases, made.phase, s.begun);
  edges_->begin(token);
}

void ScheduleNode::stamp(const State& s, Delivery& delivery) const {
  delivery.belong_to(s.replica->step_tokens().front().replica);
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
