// Where everything lies that a replica's slots hold, and the programs made ready on it.
#include <algorithm>
#include <utility>

#include "engine/device/team.h"
#include "engine/run/replica.h"

namespace ganflow {
namespace {

std::size_t index_of(Timing timing) { return static_cast<std::size_t>(timing); }

}  // namespace

Replica::Layout Replica::lay_out(const LoweredTrip& trip) const {
  Layout layout;
  // What a stage writes lies side by side.
  layout.buffer.resize(trip.buffers.size());
  for (std::size_t s = 0; s < trip.stages.size(); ++s)
    for (std::size_t b = 0; b < trip.buffers.size(); ++b) {
      if (trip.buffers[b].writer != static_cast<int>(s)) continue;
      std::size_t& end = layout.buffer_bytes[index_of(trip.stages[s].timing)];
      layout.buffer[b] = end;
      end += aligned(trip.buffers[b].bytes);
    }
  for (const TripOccurrence& occurrence : trip.occurrences)
    for (const int b : occurrence.taps) {
      const std::size_t timing = index_of(trip.stages[trip.buffers[b].writer].timing);
      std::size_t &begin = layout.taps_begin[timing], &end = layout.taps_end[timing];
      begin = end == 0 ? layout.buffer[b] : std::min(begin, layout.buffer[b]);
      end = std::max(end, layout.buffer[b] + trip.buffers[b].bytes);
    }
  std::size_t& control = layout.control_bytes;
  control = scalar_at(0, static_cast<int>(trip.occurrences.size()));
  for (const LoweredStage& stage : trip.stages) {
    layout.clocks.push_back(control);
    control += aligned(stage.clocks.size() * sizeof(DrawClock));
    std::size_t& end = layout.arena_bytes[index_of(stage.timing)];
    layout.arena.push_back(end);
    if (stage.program) end += aligned(stage.program->arena_bytes());
    layout.programs[index_of(stage.timing)] |= stage.program != nullptr;
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
        layout.batch.back() = static_cast<Extent>(trip.buffers[stage.outputs[i]].bytes / item);
      }
    }
  }
  return layout;
}

// A step token makes all kinds of trips in turn, so its memory is the largest of theirs. What step
// tokens enqueue runs in order: one arena serves them all.
void Replica::allocate(Token& token, int trip, Timing timing, std::size_t slot) {
  token.replica = index_;
  token.trip = trip;
  token.timing = timing;
  token.slot = slot;
  std::size_t buffers = 0, arena = 0, control = 0, occurrences = 0;
  for (int t = 0; t < trips(); ++t) {
    if (timing != Timing::step && t != trip) continue;
    buffers = std::max(buffers, layouts_[t].buffer_bytes[index_of(timing)]);
    arena = std::max(arena, layouts_[t].arena_bytes[index_of(timing)]);
    control = std::max(control, layouts_[t].control_bytes);
    occurrences = std::max(occurrences, this->trip(t).occurrences.size());
  }
  token.buffers = device_->mirror(buffers);
  token.control = device_->mirror(control);
  const bool shares = timing == Timing::step && slot > 0;
  token.arena = shares ? step_tokens_[0].arena : device_->allocate(arena);
  token.queue = shares ? step_tokens_[0].queue : device_->queue(Urgency::step);
  token.row_steps.resize(occurrences);
}

// The slot that holds a buffer: the token itself or one that it is joined with.
const Token& Replica::slot_of(const Token& token, int t, int buffer, const Token* data,
                              const Token* ahead) const {
  const Timing timing = trip(t).stages[trip(t).buffers[buffer].writer].timing;
  if (timing == token.timing) return token;
  return timing == Timing::data ? *data : *ahead;
}

std::unique_ptr<Prepared> Replica::prepared(const Token& token, int t, int index, const Token* data,
                                            const Token* ahead) const {
  const LoweredStage& stage = trip(t).stages[index];
  const Layout& layout = layouts_[t];
  const auto at = [&](int b) {
    return slot_of(token, t, b, data, ahead).buffers.device() + layout.buffer[b];
  };
  std::vector<const std::byte*> inputs;
  std::vector<std::byte*> outputs;
  for (const InputRef& from : stage.inputs) switch (from.from) {
      case InputRef::From::buffer:
        inputs.push_back(at(from.index));
        break;
      case InputRef::From::scalar:
        inputs.push_back(token.control.device() + scalar_at(from.index, from.occurrence));
        break;
      case InputRef::From::table:
        inputs.push_back(residents_[static_cast<std::size_t>(from.index)]);
        break;
    }
  for (const int b : stage.outputs) outputs.push_back(at(b));
  return stage.program->prepare(
      {.arena = token.arena.data() + layout.arena[index],
       .variables = layout.variables[index].data(),
       .inputs = inputs.data(),
       .outputs = outputs.data(),
       .clock = clocks_of(token.control.device(), t, static_cast<std::size_t>(index))});
}

void Replica::help_by(Team& team) {
  team_ = &team;
  team.keep(1);
  for (const LoweredTrip& trip : lowered_.trips)
    for (const LoweredStage& stage : trip.stages)
      if (stage.program) team.reserve(stage.program->helper_bytes());
  for (int t = 0; t < trips(); ++t)
    for (std::deque<Token>* slots : {&data_[t], &ahead_[t]})
      for (Token& slot : *slots) slot.queue->help_by(&team);
  for (Token& token : step_tokens_) token.queue->help_by(&team);
}

void Replica::rest() {
  if (Team* team = std::exchange(team_, nullptr)) team->keep(-1);
}

void Replica::prepare_stages(Token& token) {
  for (int t = 0; t < trips(); ++t) {
    if (token.timing != Timing::step && t != token.trip) continue;
    const auto slots_of = [&](std::deque<Token>& slots, Timing timing) {
      std::vector<const Token*> pointers;
      for (const Token& slot : slots)
        if (timing < token.timing) pointers.push_back(&slot);
      if (pointers.empty()) pointers.push_back(nullptr);
      return pointers;
    };
    token.prepared.resize(layouts_[t].first_stage + trip(t).stages.size());
    for (std::size_t s = 0; s < trip(t).stages.size(); ++s) {
      const LoweredStage& stage = trip(t).stages[s];
      if (stage.timing != token.timing || !stage.program) continue;
      for (const Token* data : slots_of(data_[t], Timing::data))
        for (const Token* ahead : slots_of(ahead_[t], Timing::ahead))
          token.prepared[layouts_[t].first_stage + s].push_back(
              prepared(token, t, static_cast<int>(s), data, ahead));
    }
  }
}

}  // namespace ganflow
