// What a replica does when an evaluation gets no better: numbers fall, or it ends.
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/run/schedule_node.h"
#include "engine/run/watched.h"

namespace ganflow {

void ScheduleNode::add_judges(State& s) {
  const LoweredReplica& lowered = s.replica->lowered();
  const auto add = [&](const std::string& name, const Plateau& plateau, int scalar) {
    Judge& judge = s.judges.emplace_back(
        Judge{{name, plateau, watched_column(lowered, plateau, name)}, scalar});
    judge.watch.restore(s.replica->counters());
  };
  for (std::size_t i = 0; i < lowered.scalars.size(); ++i)
    if (const auto& plateau = lowered.scalars[i].schedule.plateau())
      add("plateau/" + lowered.scalars[i].name, *plateau, static_cast<int>(i));
  // Another column begins anew.
  if (const auto& stop = options_.stop_on) add("stop/" + stop->column, *stop, -1);
  rescale(s);
}

void ScheduleNode::rescale(State& s) {
  for (const Judge& judge : s.judges)
    if (judge.scalar >= 0)
      s.replica->rescale(judge.scalar, std::pow(judge.watch.plateau().factor, judge.watch.times()));
}

bool ScheduleNode::ends(const State& s, Step now) const {
  return now >= options_.steps || std::any_of(s.judges.begin(), s.judges.end(), [](const Judge& j) {
           return j.scalar < 0 && j.watch.flat();
         });
}

// Before the next evaluation of its kind begins, the one before counts.
bool ScheduleNode::judge(State& s) {
  const auto& evaluations = s.replica->lowered().evaluations;
  const auto counts = [&](const Judge& j) {
    return mark_passed(s, evaluations[j.watch.evaluation()].every);
  };
  if (std::any_of(s.judges.begin(), s.judges.end(), counts) && !all_measured(s)) return false;
  for (Judge& j : s.judges) {
    if (!counts(j)) continue;
    j.watch.judge();
    if (j.scalar >= 0 && j.watch.flat()) j.watch.begin_anew();
  }
  rescale(s);
  s.last = s.last || ends(s, s.cut.steps);
  s.point = Point::evaluations;
  return true;
}

// False where a watched evaluation is still under way: the replica waits for it.
bool ScheduleNode::all_measured(State& s) {
  const bool awaited = std::any_of(s.judges.begin(), s.judges.end(),
                                   [](const Judge& j) { return j.watch.awaits(); });
  s.waits = s.awaits = awaited && !s.evaluation_failed;
  return !s.awaits;
}

void ScheduleNode::begun(State& s, int evaluation) {
  for (Judge& j : s.judges)
    if (j.watch.evaluation() == evaluation &&
        mark_passed(s, s.replica->lowered().evaluations[evaluation].every))
      j.watch.expect(s.cut.steps);
}

void ScheduleNode::measured(const EvaluationSlot& slot) {
  State& s = states_[slot.replica()];
  const std::lock_guard lock(s.mutex);
  for (Judge& j : s.judges)
    if (j.watch.evaluation() == slot.evaluation) j.watch.see(slot.step, slot.values);
  wake(s);
}

void ScheduleNode::wake(State& s) {
  if (std::exchange(s.awaits, false)) edges_->schedule(s.replica->step_tokens().front());
}

}  // namespace ganflow
