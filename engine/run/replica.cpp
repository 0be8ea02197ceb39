#include "engine/run/replica.h"

#include <algorithm>
#include <cstring>

#include "engine/error.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

std::size_t variable_bytes(const VariableInfo& variable) {
  return static_cast<std::size_t>(variable.shape.elements()) * sizeof(float);
}

std::size_t index_of(Timing timing) { return static_cast<std::size_t>(timing); }

std::uint64_t counter_of(const Restored& restored, const std::string& name, int replica) {
  const auto found = restored.counters.find(name);
  if (found == restored.counters.end()) {
    fail(Fault::input, "the checkpoint of replica {} has no counter '{}': resume from an older one",
         replica, name);
  }
  return found->second;
}

}  // namespace

Replica::Replica(int index, int replicas, LoweredReplica lowered, const RunnerOptions& options,
                 const Restored* restored)
    : index_(index),
      replicas_(replicas),
      lowered_(std::move(lowered)),
      steps_(options.steps),
      restored_(restored != nullptr) {
  start_.done.assign(lowered_.phases.size(), 0);
  if (restored != nullptr) {
    start_.macro = counter_of(*restored, "macro", index);
    for (int p = 0; p < phases(); ++p) {
      start_.done[p] = counter_of(*restored, phase(p).name, index);
      if (counts(lowered_.phases, p)) start_.steps += start_.done[p];
    }
    if (start_.steps != restored->step) {
      fail(Fault::input,
           "the checkpoint of replica {} is of step {} but counts {} steps of phase '{}': resume "
           "from an older one",
           index, restored->step, start_.steps, phase(0).name);
    }
  }
  initialise(restored);

  for (const LoweredPhase& phase : lowered_.phases) layouts_.push_back(lay_out(phase));
  data_.resize(lowered_.phases.size());
  ahead_.resize(lowered_.phases.size());
  cursors_.resize(lowered_.phases.size());
  for (int p = 0; p < phases(); ++p) {
    const auto has = [&](Timing timing) {
      const auto& stages = phase(p).stages;
      return std::any_of(stages.begin(), stages.end(),
                         [&](const LoweredStage& s) { return s.timing == timing; });
    };
    for (int k = 0; has(Timing::data) && k < options.prefetch; ++k) {
      allocate(data_[p].emplace_back(), p, Timing::data);
    }
    for (int k = 0; has(Timing::ahead) && k < options.ahead; ++k) {
      allocate(ahead_[p].emplace_back(), p, Timing::ahead);
    }
    const std::size_t slots = 1 + data_[p].size() + ahead_[p].size();
    cursors_[p].assign(slots, Cursor(lowered_.phases, p, start_));
  }
  allocate(step_, 0, Timing::step);
}

void Replica::initialise(const Restored* restored) {
  for (const VariableInfo& variable : lowered_.variables) {
    variable_offset_.push_back(variable_bytes_);
    variable_bytes_ += aligned(variable_bytes(variable));
  }
  variables_ = Memory(variable_bytes_);
  for (std::size_t v = 0; v < lowered_.variables.size(); ++v) {
    const VariableInfo& variable = lowered_.variables[v];
    const auto elements = static_cast<std::size_t>(variable.shape.elements());
    auto* values = reinterpret_cast<float*>(variables_.data() + variable_offset_[v]);
    if (restored == nullptr) {
      std::vector<double> exact(elements);
      variable.initializer(lowered_.seed, stream_id(variable.name), exact);
      std::transform(exact.begin(), exact.end(), values,
                     [](double x) { return static_cast<float>(x); });
      continue;
    }
    const auto found = restored->variables.find(variable.name);
    if (found == restored->variables.end() || found->second.size() != elements) {
      const std::size_t size = found == restored->variables.end() ? 0 : found->second.size();
      fail(Fault::input,
           "the checkpoint of replica {} holds {} values of Variable '{}' {}, the graph needs {}",
           index_, size, variable.name, variable.shape.str(), elements);
    }
    std::copy(found->second.begin(), found->second.end(), values);
  }
}

Replica::Layout Replica::lay_out(const LoweredPhase& phase) const {
  Layout layout;
  for (const LoweredBuffer& b : phase.buffers) {
    std::size_t& end = layout.bytes[index_of(phase.stages[b.writer].timing)];
    layout.buffer.push_back(end);
    end += aligned(b.bytes);
  }
  for (const LoweredStage& stage : phase.stages) {
    const std::size_t timing = index_of(stage.timing);
    layout.arena.push_back(layout.bytes[timing]);
    if (stage.program) layout.bytes[timing] += aligned(stage.program->arena_bytes());
    layout.input.push_back(layout.inputs[timing]);
    layout.inputs[timing] += stage.inputs.size();
    layout.output.push_back(layout.outputs[timing]);
    layout.outputs[timing] += stage.outputs.size();
    auto& variables = layout.variables.emplace_back();
    for (const int v : stage.variables) {
      variables.push_back(variables_.data() + variable_offset_[v]);
    }
    layout.batch.push_back(0);
    if (stage.source) {
      const std::vector<PortSpec> items = stage.source->outputs(1);
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (stage.outputs[i] < 0) continue;
        const auto item = static_cast<std::size_t>(items[i].shape.elements()) * sizeof(float);
        layout.batch.back() = static_cast<Extent>(phase.buffers[stage.outputs[i]].bytes / item);
      }
    }
  }
  return layout;
}

// The step token serves all phases in turn, so its memory is the largest of theirs.
void Replica::allocate(Token& token, int phase, Timing timing) const {
  token.replica = index_;
  token.phase = phase;
  token.timing = timing;
  std::size_t bytes = 0, inputs = 0, outputs = 0;
  for (int p = 0; p < phases(); ++p) {
    if (timing != Timing::step && p != phase) continue;
    bytes = std::max(bytes, layouts_[p].bytes[index_of(timing)]);
    inputs = std::max(inputs, layouts_[p].inputs[index_of(timing)]);
    outputs = std::max(outputs, layouts_[p].outputs[index_of(timing)]);
  }
  token.memory = Memory(bytes);
  token.scalars = Memory(lowered_.scalars.size() * kAlignment);
  token.last.resize(lowered_.phases.size());
  token.inputs.resize(inputs);
  token.outputs.resize(outputs);
}

bool Replica::prepare(Token& token, int phase, std::uint64_t occurrence) noexcept {
  token.phase = phase;
  token.occurrence = occurrence;
  token.key = occurrence * static_cast<std::uint64_t>(replicas_) + static_cast<unsigned>(index_);
  token.data = token.ahead = nullptr;
  std::size_t slot = 0;
  if (token.timing == Timing::ahead) slot = 1 + occurrence % ahead_[phase].size();
  if (token.timing == Timing::data) {
    slot = 1 + ahead_[phase].size() + occurrence % data_[phase].size();
  }
  Cursor& cursor = cursors_[phase][slot];
  try {
    if (!cursor.seek(occurrence, steps_)) return false;
    token.row_step = cursor.row_step();
    for (int p = 0; p < phases(); ++p) token.last[p] = cursor.last(p);
    fill_scalars(token.scalars, cursor.step());
  } catch (...) {
    token.row_step = cursor.row_step();
    token.fail(fmt::format("node 'schedule' replica {} step {}: {}", index_, token.row_step,
                           current_exception_text()));
  }
  return true;
}

void Replica::fill_scalars(Memory& scalars, Step step) const {
  for (std::size_t i = 0; i < lowered_.scalars.size(); ++i) {
    const auto value = static_cast<float>(lowered_.scalars[i].schedule.at(step));
    std::memcpy(scalars.data() + i * kAlignment, &value, sizeof value);
  }
}

std::byte* Replica::buffer(const Token& token, int index) const {
  const LoweredPhase& in = phase(token.phase);
  const Timing timing = in.stages[in.buffers[index].writer].timing;
  const Token* slot = &token;
  if (timing != token.timing) slot = timing == Timing::data ? token.data : token.ahead;
  return slot->memory.data() + layouts_[token.phase].buffer[index];
}

void Replica::run(Token& token, int index) const {
  const LoweredStage& stage = phase(token.phase).stages[index];
  const Layout& layout = layouts_[token.phase];
  const std::uint64_t draw = stage.clock < 0 ? token.occurrence : token.last[stage.clock];
  if (stage.source) {
    std::array<std::span<float>, kMostOutputs> filled;
    for (std::size_t i = 0; i < stage.outputs.size(); ++i) {
      const int b = stage.outputs[i];
      if (b < 0) continue;
      filled[i] = {reinterpret_cast<float*>(buffer(token, b)),
                   phase(token.phase).buffers[b].bytes / sizeof(float)};
    }
    stage.source->fill({lowered_.seed, stage.stream, draw}, layout.batch[index],
                       std::span(filled).first(stage.outputs.size()));
    return;
  }
  const std::byte** inputs = token.inputs.data() + layout.input[index];
  for (std::size_t i = 0; i < stage.inputs.size(); ++i) {
    const InputRef& from = stage.inputs[i];
    inputs[i] = from.from == InputRef::From::buffer
                    ? buffer(token, from.index)
                    : token.scalars.data() + static_cast<std::size_t>(from.index) * kAlignment;
  }
  std::byte** outputs = token.outputs.data() + layout.output[index];
  for (std::size_t i = 0; i < stage.outputs.size(); ++i) {
    outputs[i] = buffer(token, stage.outputs[i]);
  }
  stage.program->run({.arena = token.memory.data() + layout.arena[index],
                      .variables = layout.variables[index].data(),
                      .inputs = inputs,
                      .outputs = outputs,
                      .seed = lowered_.seed,
                      .step = draw});
}

std::span<const float> Replica::tap(const Token& token, const LoweredTap& tap) const {
  return {reinterpret_cast<const float*>(buffer(token, tap.buffer)),
          static_cast<std::size_t>(tap.elements)};
}

SnapshotSlot Replica::make_snapshot() const {
  SnapshotSlot slot;
  slot.replica = index_;
  slot.memory = Memory(variable_bytes_);
  for (std::size_t v = 0; v < lowered_.variables.size(); ++v) {
    const VariableInfo& variable = lowered_.variables[v];
    slot.snapshot.variables.push_back(
        {variable.name,
         variable.shape,
         {reinterpret_cast<const float*>(slot.memory.data() + variable_offset_[v]),
          static_cast<std::size_t>(variable.shape.elements())}});
  }
  std::sort(slot.snapshot.variables.begin(), slot.snapshot.variables.end(),
            [](const VariableView& a, const VariableView& b) { return a.name < b.name; });
  slot.snapshot.counters["macro"] = 0;
  for (const LoweredPhase& phase : lowered_.phases) slot.snapshot.counters[phase.name] = 0;
  return slot;
}

void Replica::save(SnapshotSlot& slot, const Cut& cut) const {
  std::memcpy(slot.memory.data(), variables_.data(), variable_bytes_);
  slot.snapshot.step = cut.steps;
  slot.snapshot.counters.at("macro") = cut.macro;
  for (int p = 0; p < phases(); ++p) slot.snapshot.counters.at(phase(p).name) = cut.done[p];
}

}  // namespace ganflow
