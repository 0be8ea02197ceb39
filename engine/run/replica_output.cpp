// What leaves a replica: copies of its Variables for evaluations and checkpoints.
#include <algorithm>

#include "engine/device/stored.h"
#include "engine/run/evaluation.h"
#include "engine/run/replica.h"

namespace ganflow {

void Replica::load(EvaluationSlot& slot, int e, Step step) {
  slot.belong_to(index_);
  slot.evaluation = e;
  const LoweredEvaluation& evaluation = lowered_.evaluations[e];
  begin_evaluation(slot, lowered_, evaluation, step, evaluation.samples,
                   first_draw(evaluation, step));
  copy_variables(slot, lowered_, evaluation, [&](int v, std::byte* to, std::size_t bytes) {
    step_tokens_[0].queue->copy(to, variables_.data() + variable_offset_[v], bytes);
  });
  slot.queue->after(step_tokens_[0].queue->mark());
}

void Replica::make_snapshot(SnapshotSlot& slot) const {
  slot.belong_to(index_);
  slot.memory = device_->mirror(variable_bytes_);
  const auto reordered = [&](const VariableInfo& v) {
    return !device_->stored_axes(v.shape).empty();
  };
  if (std::any_of(lowered_.variables.begin(), lowered_.variables.end(), reordered))
    slot.reordered = Memory(variable_bytes_);
  for (std::size_t v = 0; v < lowered_.variables.size(); ++v) {
    const VariableInfo& variable = lowered_.variables[v];
    const std::byte* memory = reordered(variable) ? slot.reordered.data() : slot.memory.host();
    slot.snapshot.variables.push_back(
        {variable.name,
         variable.shape,
         {reinterpret_cast<const float*>(memory + variable_offset_[v]),
          static_cast<std::size_t>(variable.shape.elements())}});
  }
  std::sort(slot.snapshot.variables.begin(), slot.snapshot.variables.end(),
            [](const VariableView& a, const VariableView& b) { return a.name < b.name; });
  slot.snapshot.counters["macro"] = 0;
  for (const LoweredPhase& phase : lowered_.phases) slot.snapshot.counters[phase.name] = 0;
}

// Beside the Variables first, so that the step goes on while the host's copy is under way.
void Replica::save(SnapshotSlot& slot, const Cut& cut) {
  step_tokens_[0].queue->copy(slot.memory.device(), variables_.data(), variable_bytes_);
  output_->after(step_tokens_[0].queue->mark());
  slot.memory.to_host(*output_, 0, variable_bytes_);
  slot.landed = output_->mark();
  slot.snapshot.step = cut.steps;
  slot.snapshot.counters.at("macro") = cut.macro;
  for (int p = 0; p < phases(); ++p) slot.snapshot.counters.at(phase(p).name) = cut.done[p];
}

void Replica::settle(SnapshotSlot& slot) const {
  if (!slot.reordered.data()) return;
  for (std::size_t v = 0; v < lowered_.variables.size(); ++v) {
    const Shape& shape = lowered_.variables[v].shape;
    if (device_->stored_axes(shape).empty()) continue;
    const std::size_t at = variable_offset_[v];
    from_stored(*device_, shape, reinterpret_cast<const float*>(slot.memory.host() + at),
                reinterpret_cast<float*>(slot.reordered.data() + at));
  }
}

}  // namespace ganflow
