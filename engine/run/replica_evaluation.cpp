// Evaluations of a replica: on copies of its Variables, in a slot of their own.
#include <algorithm>
#include <cstring>

#include "engine/error.h"
#include "engine/run/replica.h"

namespace ganflow {
namespace {

std::size_t call_floats(const LoweredEvaluation& e) {
  return static_cast<std::size_t>(e.rows * e.row.elements());
}

}  // namespace

void Replica::add_needs(EvaluationNeeds& needs) const {
  const auto at_least = [](std::size_t& need, std::size_t n) { need = std::max(need, n); };
  for (const LoweredEvaluation& e : lowered_.evaluations) {
    std::size_t bytes = 0;
    for (const int v : e.variables) {
      bytes +=
          aligned(static_cast<std::size_t>(lowered_.variables[v].shape.elements()) * sizeof(float));
    }
    at_least(needs.variables, bytes);
    at_least(needs.arena, e.program->arena_bytes());
    at_least(needs.output, call_floats(e) * sizeof(float));
    at_least(needs.samples, call_floats(e) * static_cast<std::size_t>(e.calls));
    at_least(needs.pointers, e.variables.size());
    at_least(needs.inputs, e.inputs.size());
    at_least(needs.scalars, lowered_.scalars.size() * kAlignment);
    if (e.metric) at_least(needs.columns, e.metric->columns().size());
  }
}

void Replica::load(EvaluationSlot& slot, int e, Step step) const {
  const LoweredEvaluation& evaluation = lowered_.evaluations[e];
  slot.replica = index_;
  slot.evaluation = e;
  slot.step = step;
  slot.call = 0;
  slot.failed = false;
  std::size_t offset = 0;
  for (std::size_t i = 0; i < evaluation.variables.size(); ++i) {
    const int v = evaluation.variables[i];
    const std::size_t bytes =
        static_cast<std::size_t>(lowered_.variables[v].shape.elements()) * sizeof(float);
    slot.variable_pointers[i] = slot.variables.data() + offset;
    std::memcpy(slot.variable_pointers[i], variables_.data() + variable_offset_[v], bytes);
    offset += aligned(bytes);
  }
  fill_scalars(slot.scalars, step);
  for (std::size_t i = 0; i < evaluation.inputs.size(); ++i) {
    slot.inputs[i] =
        slot.scalars.data() + static_cast<std::size_t>(evaluation.inputs[i].index) * kAlignment;
  }
}

bool Replica::generate(EvaluationSlot& slot) const {
  const LoweredEvaluation& e = lowered_.evaluations[slot.evaluation];
  std::byte* output = slot.output.data();
  const Step draw = e.fixed_noise ? 0 : slot.step;
  e.program->run({.arena = slot.arena.data(),
                  .variables = slot.variable_pointers.data(),
                  .inputs = slot.inputs.data(),
                  .outputs = &output,
                  .seed = lowered_.seed,
                  .step = draw * static_cast<Step>(e.calls) + static_cast<Step>(slot.call)});
  // Copied, because a call's place among the samples need not be aligned.
  const std::size_t floats = call_floats(e);
  std::memcpy(slot.samples.data() + floats * static_cast<std::size_t>(slot.call), output,
              floats * sizeof(float));
  return ++slot.call == e.calls;
}

void Replica::measure(EvaluationSlot& slot) const {
  const LoweredEvaluation& e = lowered_.evaluations[slot.evaluation];
  Measurement measurement;
  measurement.n = std::min(e.metric->samples(), e.rows * e.calls);
  measurement.samples = {slot.samples.data(),
                         static_cast<std::size_t>(measurement.n * e.row.elements())};
  measurement.row = e.row;
  measurement.step = slot.step;
  measurement.seed = lowered_.seed;
  for (const auto& [option, scalar] : e.metric_scalars) {
    measurement.scalars[option] = lowered_.scalars[scalar].schedule.at(slot.step);
  }
  const std::vector<double> values = e.metric->measure(measurement);
  const std::size_t columns = e.metric->columns().size();
  if (values.size() != columns) {
    fail(Fault::usage, "the metric returned {} values for {} columns", values.size(), columns);
  }
  std::copy(values.begin(), values.end(), slot.values.begin());
}

Samples Replica::samples(const EvaluationSlot& slot) const {
  const LoweredEvaluation& e = lowered_.evaluations[slot.evaluation];
  return {
      e.name, slot.step, e.rows * e.calls,
      e.row,  e.picture, {slot.samples.data(), call_floats(e) * static_cast<std::size_t>(e.calls)}};
}

}  // namespace ganflow
