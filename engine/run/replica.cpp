#include "engine/run/replica.h"

#include <algorithm>
#include <cstring>

#include "engine/error.h"
#include "engine/run/evaluation.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

std::size_t variable_bytes(const VariableInfo& variable) {
  return static_cast<std::size_t>(variable.shape.elements()) * sizeof(float);
}

std::size_t index_of(Timing timing) { return static_cast<std::size_t>(timing); }

// The occurrence by which a stage draws.
std::uint64_t draw_of(const Token& token, const LoweredStage& stage) {
  return stage.clock < 0 ? token.occurrence : token.last[stage.clock];
}

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
      device_(options.device),
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

  for (const LoweredPhase& phase : lowered_.phases) {
    const std::size_t first =
        layouts_.empty() ? 0 : layouts_.back().first_stage + layouts_.back().variables.size();
    layouts_.push_back(lay_out(phase));
    layouts_.back().first_stage = first;
    control_bytes_ = std::max(control_bytes_, clock_at(phase.stages.size()));
  }
  output_ = device_->queue(Urgency::background);
  data_.resize(lowered_.phases.size());
  ahead_.resize(lowered_.phases.size());
  cursors_.resize(lowered_.phases.size());
  for (int p = 0; p < phases(); ++p) {
    const auto add = [&](std::deque<Token>& slots, Timing timing, int count) {
      const auto& stages = phase(p).stages;
      const bool any = std::any_of(stages.begin(), stages.end(),
                                   [&](const LoweredStage& s) { return s.timing == timing; });
      for (int k = 0; any && k < count; ++k)
        allocate(slots.emplace_back(), p, timing, static_cast<std::size_t>(k));
    };
    add(data_[p], Timing::data, options.prefetch);
    add(ahead_[p], Timing::ahead, options.ahead);
    const std::size_t slots = 1 + data_[p].size() + ahead_[p].size();
    cursors_[p].assign(slots, Cursor(lowered_.phases, p, start_));
  }
  allocate(step_, 0, Timing::step, 0);
  for (int p = 0; p < phases(); ++p)
    for (std::deque<Token>* slots : {&data_[p], &ahead_[p]})
      for (Token& slot : *slots) prepare_stages(slot);
  prepare_stages(step_);
}

void Replica::initialise(const Restored* restored) {
  for (const VariableInfo& variable : lowered_.variables) {
    variable_offset_.push_back(variable_bytes_);
    variable_bytes_ += aligned(variable_bytes(variable));
  }
  variables_ = device_->allocate(variable_bytes_);
  const Memory staging(variable_bytes_);
  for (std::size_t v = 0; v < lowered_.variables.size(); ++v) {
    const VariableInfo& variable = lowered_.variables[v];
    const auto elements = static_cast<std::size_t>(variable.shape.elements());
    auto* values = reinterpret_cast<float*>(staging.data() + variable_offset_[v]);
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
  const std::unique_ptr<Queue> queue = device_->queue(Urgency::step);
  queue->copy(variables_.data(), staging.data(), variable_bytes_);
  queue->mark().wait();
}

Replica::Layout Replica::lay_out(const LoweredPhase& phase) const {
  Layout layout;
  for (const LoweredBuffer& b : phase.buffers) {
    std::size_t& end = layout.buffer_bytes[index_of(phase.stages[b.writer].timing)];
    layout.buffer.push_back(end);
    end += aligned(b.bytes);
  }
  for (const LoweredStage& stage : phase.stages) {
    std::size_t& end = layout.arena_bytes[index_of(stage.timing)];
    layout.arena.push_back(end);
    if (stage.program) end += aligned(stage.program->arena_bytes());
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
void Replica::allocate(Token& token, int phase, Timing timing, std::size_t slot) {
  token.replica = index_;
  token.phase = phase;
  token.timing = timing;
  token.slot = slot;
  std::size_t buffers = 0, arena = 0;
  for (int p = 0; p < phases(); ++p) {
    if (timing != Timing::step && p != phase) continue;
    buffers = std::max(buffers, layouts_[p].buffer_bytes[index_of(timing)]);
    arena = std::max(arena, layouts_[p].arena_bytes[index_of(timing)]);
  }
  token.buffers = device_->mirror(buffers);
  token.arena = device_->allocate(arena);
  token.control = device_->mirror(control_bytes_);
  token.queue = device_->queue(Urgency::step);
  token.last.resize(lowered_.phases.size());
}

// The slot that holds a buffer: the token itself or one that it is joined with.
const Token& Replica::slot_of(const Token& token, int p, int buffer, const Token* data,
                              const Token* ahead) const {
  const Timing timing = phase(p).stages[phase(p).buffers[buffer].writer].timing;
  if (timing == token.timing) return token;
  return timing == Timing::data ? *data : *ahead;
}

std::unique_ptr<Prepared> Replica::prepared(const Token& token, int p, int index, const Token* data,
                                            const Token* ahead) const {
  const LoweredStage& stage = phase(p).stages[index];
  const Layout& layout = layouts_[p];
  const auto at = [&](int b) {
    return slot_of(token, p, b, data, ahead).buffers.device() + layout.buffer[b];
  };
  std::vector<const std::byte*> inputs;
  std::vector<std::byte*> outputs;
  for (const InputRef& from : stage.inputs)
    inputs.push_back(from.from == InputRef::From::buffer
                         ? at(from.index)
                         : token.control.device() + from.index * kAlignment);
  for (const int b : stage.outputs) outputs.push_back(at(b));
  const std::byte* clock = token.control.device() + clock_at(static_cast<std::size_t>(index));
  return stage.program->prepare({.arena = token.arena.data() + layout.arena[index],
                                 .variables = layout.variables[index].data(),
                                 .inputs = inputs.data(),
                                 .outputs = outputs.data(),
                                 .clock = reinterpret_cast<const DrawClock*>(clock)});
}

void Replica::prepare_stages(Token& token) {
  for (int p = 0; p < phases(); ++p) {
    if (token.timing != Timing::step && p != token.phase) continue;
    const auto slots_of = [&](std::deque<Token>& slots, Timing timing) {
      std::vector<const Token*> pointers;
      for (const Token& slot : slots)
        if (timing < token.timing) pointers.push_back(&slot);
      if (pointers.empty()) pointers.push_back(nullptr);
      return pointers;
    };
    token.prepared.resize(layouts_[p].first_stage + phase(p).stages.size());
    for (std::size_t s = 0; s < phase(p).stages.size(); ++s) {
      const LoweredStage& stage = phase(p).stages[s];
      if (stage.timing != token.timing || !stage.program) continue;
      for (const Token* data : slots_of(data_[p], Timing::data))
        for (const Token* ahead : slots_of(ahead_[p], Timing::ahead))
          token.prepared[layouts_[p].first_stage + s].push_back(
              prepared(token, p, static_cast<int>(s), data, ahead));
    }
  }
}

// The place of the slots a token is joined with in prepare_stages()' order.
std::size_t Replica::pair_of(const Token& token) const {
  const std::size_t data = token.data ? token.data->slot : 0;
  if (token.timing != Timing::step) return data;
  const std::size_t aheads = std::max<std::size_t>(1, ahead_[token.phase].size());
  return data * aheads + (token.ahead ? token.ahead->slot : 0);
}

bool Replica::prepare(Token& token, int phase, std::uint64_t occurrence) noexcept {
  token.phase = phase;
  token.occurrence = occurrence;
  token.key = occurrence * static_cast<std::uint64_t>(replicas_) + static_cast<unsigned>(index_);
  token.data = token.ahead = nullptr;
  std::size_t slot = 0;
  if (token.timing == Timing::ahead) slot = 1 + token.slot;
  if (token.timing == Timing::data) slot = 1 + ahead_[phase].size() + token.slot;
  Cursor& cursor = cursors_[phase][slot];
  try {
    if (!cursor.seek(occurrence, steps_)) return false;
    token.row_step = cursor.row_step();
    for (int p = 0; p < phases(); ++p) token.last[p] = cursor.last(p);
    std::byte* cells = token.control.host();
    fill_scalars(lowered_, cursor.step(), cells);
    const auto& stages = lowered_.phases[phase].stages;
    for (std::size_t s = 0; s < stages.size(); ++s) {
      const DrawClock clock{lowered_.seed, draw_of(token, stages[s])};
      std::memcpy(cells + clock_at(s), &clock, sizeof clock);
    }
    token.control.to_device(*token.queue, 0, control_bytes_);
  } catch (...) {
    token.row_step = cursor.row_step();
    token.fail(fmt::format("node 'schedule' replica {} step {}: {}", index_, token.row_step,
                           current_exception_text()));
  }
  return true;
}

void Replica::enqueue(Token& token, int index) const {
  const LoweredPhase& in = phase(token.phase);
  const LoweredStage& stage = in.stages[index];
  const Layout& layout = layouts_[token.phase];
  if (!stage.source) {
    token.prepared[layout.first_stage + index][pair_of(token)]->enqueue(*token.queue);
    return;
  }
  std::array<std::span<float>, kMostOutputs> filled;
  for (std::size_t i = 0; i < stage.outputs.size(); ++i) {
    const int b = stage.outputs[i];
    if (b < 0) continue;
    filled[i] = {reinterpret_cast<float*>(token.buffers.host() + layout.buffer[b]),
                 in.buffers[b].bytes / sizeof(float)};
  }
  stage.source->fill({lowered_.seed, stage.stream, draw_of(token, stage)}, layout.batch[index],
                     std::span(filled).first(stage.outputs.size()));
  for (const int b : stage.outputs)
    if (b >= 0) token.buffers.to_device(*token.queue, layout.buffer[b], in.buffers[b].bytes);
}

void Replica::leave(Token& token) const {
  const LoweredPhase& in = phase(token.phase);
  if (token.timing == Timing::step)
    for (const LoweredTap& tap : in.taps)
      slot_of(token, token.phase, tap.buffer, token.data, token.ahead)
          .buffers.to_host(*token.queue, layouts_[token.phase].buffer[tap.buffer],
                           in.buffers[tap.buffer].bytes);
  token.done = token.queue->mark();
}

std::span<const float> Replica::tap(const Token& token, const LoweredTap& tap) const {
  const Token& slot = slot_of(token, token.phase, tap.buffer, token.data, token.ahead);
  return {reinterpret_cast<const float*>(slot.buffers.host() +
                                         layouts_[token.phase].buffer[tap.buffer]),
          static_cast<std::size_t>(tap.elements)};
}

}  // namespace ganflow
