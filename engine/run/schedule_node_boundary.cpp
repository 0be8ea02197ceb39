// What happens between two macro-iterations: evaluations, a commit, going on or not.
#include <utility>

#include "engine/run/schedule_node.h"
#include "engine/run/soundness.h"

namespace ganflow {
namespace {

// Whether a multiple of `every` lies in (before, now].
bool passed_mark(Step every, Step before, Step now) {
  return every > 0 && now / every > before / every;
}

}  // namespace

void ScheduleNode::at_boundary(State& s) {
  s.last = s.cut.steps >= options_.steps;
  s.stopping = stop_ || output_failed_;
  s.evaluation = 0;
  const bool resumed = s.first && s.replica->restored();
  s.point = resumed ? Point::proceed : Point::evaluations;
}

bool ScheduleNode::evaluate(State& s) {
  const auto& evaluations = s.replica->lowered().evaluations;
  const Step now = s.cut.steps;
  for (; s.evaluation < evaluations.size(); ++s.evaluation) {
    const LoweredEvaluation& e = evaluations[s.evaluation];
    const bool due =
        (s.first && e.at_start) || s.last || passed_mark(e.every, s.last_boundary, now);
    if (!due || output_failed_) continue;
    EvaluationSlot* slot = acquire(s, free_evaluations_, false);
    if (slot == nullptr) return false;
    stamp(s, *slot);
    ++s.evaluations;
    try {
      s.replica->load(*slot, static_cast<int>(s.evaluation), now);
    } catch (...) {
      slot->failed = true;
      write(*slot);
      throw;
    }
    slot->put(e.name.c_str());
    edges_->evaluate(*slot);
  }
  s.point = Point::commit;
  return true;
}

int ScheduleNode::commits_wanted() const {
  return options_.commits_wanted ? options_.commits_wanted->load() : 0;
}

bool ScheduleNode::commit(State& s) {
  const Step now = s.cut.steps;
  const bool late = options_.checkpoint_seconds > 0 &&
                    seconds_between(s.committed_at, Clock::now()) >= options_.checkpoint_seconds;
  const bool asked = commits_wanted() != s.commits_wanted;
  const bool due = s.last || s.stopping || late || asked || s.uncommitted >= options_.row_bytes ||
                   passed_mark(options_.checkpoint_every, s.last_boundary, now);
  if (due && s.committed != now && !s.evaluation_failed && !output_failed_) {
    SnapshotSlot* slot = acquire(s, s.snapshots, true);
    if (slot == nullptr) return false;
    hand_over_rows(s);
    s.replica->save(*slot, s.cut);
    s.saving = slot;
    s.point = Point::saved;
    return edges_->passed(slot->landed, s.replica->step_token());
  }
  s.point = Point::proceed;
  return true;
}

// The Variables of the commit are in the host's memory.
bool ScheduleNode::saved(State& s) {
  SnapshotSlot& slot = *std::exchange(s.saving, nullptr);
  if (const std::string why = unsound_variable(slot.replica(), slot.snapshot); !why.empty()) {
    s.unsound = true;
    die(s, why);
    return false;
  }
  slot.writer_wait_seconds = s.waited;
  stamp(s, slot);
  ++s.commits;
  s.committed = slot.snapshot.step;
  s.committed_at = Clock::now();
  s.commits_wanted = commits_wanted();
  s.uncommitted = 0;
  write(slot);
  s.point = Point::proceed;
  return true;
}

bool ScheduleNode::go_on(State& s) {
  if (s.evaluation_failed) {
    die(s, s.evaluation_failure);
    return false;
  }
  if (s.last || s.stopping) {
    s.stopped = !s.last;
    retire(s);
    return false;
  }
  s.last_boundary = s.cut.steps;
  critic_updates(s.replica->lowered().phases, s.cut.macro);  // refused where there are none
  s.trip = 0;
  return next_kind(s);
}

}  // namespace ganflow
