// What becomes of deliveries that come back, and of replicas that are done.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/error.h"
#include "engine/run/schedule_node.h"

namespace ganflow {

std::string ScheduleNode::away() {
  std::string text;
  const auto line = [&](int replica, Delivery& delivery, const char* what) {
    if (const char* place = delivery.place())
      text += fmt::format("  replica {}: {} at '{}'\n", replica, what, place);
  };
  for (State& s : states_) {
    for (RowBlock& block : s.blocks) line(s.replica->number(), block, "rows");
    line(s.replica->number(), s.snapshot, "snapshot");
  }
  for (EvaluationSlot& slot : evaluation_slots_)
    line(states_[slot.replica()].replica->number(), slot, "evaluation");
  return text;
}

void ScheduleNode::returned(Delivery& delivery) {
  delivery.put(nullptr);
  Token* waiting = nullptr;
  switch (delivery.kind) {
    case Delivery::Kind::rows:
      waiting = states_[delivery.replica()].free_blocks.release(static_cast<RowBlock&>(delivery));
      break;
    case Delivery::Kind::evaluation:
      waiting = free_evaluations_.release(static_cast<EvaluationSlot&>(delivery));
      break;
    case Delivery::Kind::commit:
      waiting = states_[delivery.replica()].snapshots.release(static_cast<SnapshotSlot&>(delivery));
      break;
  }
  if (waiting != nullptr) edges_->schedule(*waiting);
}

void ScheduleNode::evaluation_failed(const EvaluationSlot& slot, const std::string& why) {
  State& s = states_[slot.replica()];
  {
    const std::lock_guard lock(s.evaluation_mutex);
    if (s.evaluation_failed) return;
    s.evaluation_failure = fmt::format("node '{}' replica {} step {}: {}",
                                       s.replica->lowered().evaluations[slot.evaluation].name,
                                       s.replica->number(), slot.step, why);
    s.evaluation_failed = true;
  }
  const std::lock_guard lock(s.mutex);
  wake(s);
}

void ScheduleNode::retire(State& s) {
  s.over = true;
  s.replica->rest();
  hand_over_rows(s);
  s.result.step = s.cut.steps;
  s.result.flat = s.cut.steps < options_.steps && ends(s, s.cut.steps);
  for (const Judge& j : s.judges)
    if (j.scalar >= 0 && j.watch.times() > 0) {
      const auto& [name, schedule] = s.replica->lowered().scalars[j.scalar];
      s.result.lowered[name] =
          schedule.at(s.cut.steps) * std::pow(j.watch.plateau().factor, j.watch.times());
    }
}

void ScheduleNode::die(State& s, const std::string& why) {
  s.result.failed = true;
  s.result.message = why;
  retire(s);
}

Step ScheduleNode::good_before(int replica) const {
  const State& s = states_[replica];
  return s.unsound ? s.cut.steps : std::numeric_limits<Step>::max();
}

ReplicaResult ScheduleNode::result(int replica) const {
  const State& s = states_[replica];
  ReplicaResult result = s.result;
  // The last evaluation may fail when the token has retired already.
  if (s.evaluation_failed && !result.failed) {
    result.failed = true;
    result.message = s.evaluation_failure;
  }
  return result;
}

bool ScheduleNode::stopped() const {
  return std::any_of(states_.begin(), states_.end(), [](const State& s) { return s.stopped; });
}

double ScheduleNode::writer_wait_seconds() const {
  double sum = 0;
  for (const State& s : states_) sum += s.waited;
  return sum;
}

}  // namespace ganflow
