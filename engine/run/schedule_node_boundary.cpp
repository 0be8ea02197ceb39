// What happens between two macro-iterations: evaluations, a commit, going on or not.
#include <algorithm>
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

// Whether this boundary is due for what happens every so often.
bool ScheduleNode::mark_passed(const State& s, Step every) const {
  return passed_mark(every, s.last_boundary, s.cut.steps);
}

void ScheduleNode::at_boundary(State& s) {
  s.last = ends(s, s.cut.steps);
  s.stopping = stop_ || output_failed_;
  s.evaluation = 0;
  const bool resumed = s.first && s.replica->restored();
  s.point = resumed ? Point::proceed : Point::judgement;
}

bool ScheduleNode::evaluation_due(const State& s, const LoweredEvaluation& e, Step now) const {
  return !output_failed_ &&
         ((s.first && e.at_start) || ends(s, now) || passed_mark(e.every, s.last_boundary, now));
}

bool ScheduleNode::evaluate(State& s) {
  const auto& evaluations = s.replica->lowered().evaluations;
  const Step now = s.cut.steps;
  for (; s.evaluation < evaluations.size(); ++s.evaluation) {
    const LoweredEvaluation& e = evaluations[s.evaluation];
    if (!evaluation_due(s, e, now)) continue;
    EvaluationSlot* slot = acquire(s, free_evaluations_, s.replica->step_tokens().front(), false);
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
    begun(s, static_cast<int>(s.evaluation));
    slot->put(e.name.c_str());
    edges_->evaluate(*slot);
  }
  s.point = Point::commit;
  return true;
}

int ScheduleNode::commits_wanted() const {
  return options_.commits_wanted ? options_.commits_wanted->load() : 0;
}

bool ScheduleNode::commit_due(const State& s, Step now) const {
  const bool late = options_.checkpoint_seconds > 0 &&
                    seconds_between(s.committed_at, Clock::now()) >= options_.checkpoint_seconds;
  const bool asked = commits_wanted() != s.commits_wanted;
  return ends(s, now) || late || asked || s.uncommitted >= options_.row_bytes ||
         passed_mark(options_.checkpoint_every, s.last_boundary, now);
}

// Whether anything happens at the end of the macro-iteration whose last trip is under way.
bool ScheduleNode::asks(const State& s) const {
  const Step now = s.begun.steps;
  const auto& evaluations = s.replica->lowered().evaluations;
  return stop_ || output_failed_ || s.evaluation_failed || commit_due(s, now) ||
         std::any_of(evaluations.begin(), evaluations.end(),
                     [&](const LoweredEvaluation& e) { return evaluation_due(s, e, now); });
}

bool ScheduleNode::commit(State& s) {
  const Step now = s.cut.steps;
  if ((s.stopping || commit_due(s, now)) && s.committed != now && !s.evaluation_failed &&
      !output_failed_) {
    if (!all_measured(s)) return false;
    if (s.evaluation_failed) {
      s.point = Point::proceed;
      return true;
    }
    SnapshotSlot* slot = acquire(s, s.snapshots, s.replica->step_tokens().front(), true);
    if (slot == nullptr) return false;
    hand_over_rows(s);
    s.replica->save(*slot, s.cut);
    for (const Judge& j : s.judges) j.watch.save(slot->snapshot.counters);
    s.saving = slot;
    s.point = Point::saved;
    s.waits = !edges_->passed(slot->landed, s.replica->step_tokens().front());
    return !s.waits;
  }
  s.point = Point::proceed;
  return true;
}

// The Variables of the commit are in the host's memory.
bool ScheduleNode::saved(State& s) {
  SnapshotSlot& slot = *std::exchange(s.saving, nullptr);
  s.replica->settle(slot);
  if (const std::string why = unsound_variable(s.replica->number(), slot.snapshot); !why.empty()) {
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
  next_macro(s);
  s.point = Point::trips;
  return true;
}

void ScheduleNode::next_macro(State& s) {
  critic_updates(s.replica->lowered().phases, s.begun.macro);  // refused where there are none
  s.last_boundary = s.begun.steps;
  s.trip = 0;
  s.opened = false;
  s.in_macro = true;
}

}  // namespace ganflow
