#include "engine/run/replica.h"

#include <algorithm>
#include <cstring>

#include "engine/device/stored.h"
#include "engine/error.h"
#include "engine/run/evaluation.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

std::size_t variable_bytes(const VariableInfo& variable) {
  return static_cast<std::size_t>(variable.shape.elements()) * sizeof(float);
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
                 ResidentTables& tables, const Restored* restored)
    : index_(index),
      replicas_(replicas),
      number_(options.numbers.empty() ? index
                                      : options.numbers.at(static_cast<std::size_t>(index))),
      lowered_(std::move(lowered)),
      device_(options.device),
      steps_(options.steps),
      restored_(restored != nullptr) {
  factors_.assign(lowered_.scalars.size(), 1);
  start_.done.assign(lowered_.phases.size(), 0);
  if (restored != nullptr) {
    counters_ = restored->counters;
    start_.macro = counter_of(*restored, "macro", number_);
    for (int p = 0; p < phases(); ++p) {
      start_.done[p] = counter_of(*restored, phase(p).name, number_);
      if (counts(lowered_.phases, p)) start_.steps += start_.done[p];
    }
    if (start_.steps != restored->step) {
      fail(Fault::input,
           "the checkpoint of replica {} is of step {} but counts {} steps of phase '{}': resume "
           "from an older one",
           number_, restored->step, start_.steps, phase(0).name);
    }
  }
  initialise(restored);
  for (const LoweredResident& resident : lowered_.residents)
    residents_.push_back(tables.find_or_upload(resident.table.bytes));

  for (const LoweredTrip& trip : lowered_.trips) {
    const std::size_t first =
        layouts_.empty() ? 0 : layouts_.back().first_stage + layouts_.back().variables.size();
    layouts_.push_back(lay_out(trip));
    layouts_.back().first_stage = first;
  }
  output_ = device_->queue(Urgency::background);
  data_.resize(lowered_.trips.size());
  ahead_.resize(lowered_.trips.size());
  cursors_.resize(lowered_.trips.size());
  for (int t = 0; t < trips(); ++t) {
    const auto add = [&](std::deque<Token>& slots, Timing timing, int count) {
      const auto& stages = trip(t).stages;
      const bool any = std::any_of(stages.begin(), stages.end(),
                                   [&](const LoweredStage& s) { return s.timing == timing; });
      for (int k = 0; any && k < count; ++k)
        allocate(slots.emplace_back(), t, timing, static_cast<std::size_t>(k));
    };
    // Those of trips in flight come home with them only.
    const int in_flight = device_->trips_in_flight();
    add(data_[t], Timing::data, options.prefetch + in_flight - 1);
    add(ahead_[t], Timing::ahead, options.ahead + in_flight - 1);
    const std::size_t slots =
        static_cast<std::size_t>(in_flight) + data_[t].size() + ahead_[t].size();
    cursors_[t].assign(slots, Cursor(lowered_, t, start_));
  }
  for (int k = 0; k < device_->trips_in_flight(); ++k)
    allocate(step_tokens_.emplace_back(), 0, Timing::step, static_cast<std::size_t>(k));
  for (int t = 0; t < trips(); ++t)
    for (std::deque<Token>* slots : {&data_[t], &ahead_[t]})
      for (Token& slot : *slots) prepare_stages(slot);
  for (Token& token : step_tokens_) prepare_stages(token);
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
    auto* stored = reinterpret_cast<float*>(staging.data() + variable_offset_[v]);
    if (restored == nullptr) {
      std::vector<double> exact(elements);
      variable.initializer(lowered_.seed, stream_id(variable.name), exact);
      const std::vector<float> values(exact.begin(), exact.end());
      to_stored(*device_, variable.shape, values.data(), stored);
      continue;
    }
    const auto found = restored->variables.find(variable.name);
    if (found == restored->variables.end() || found->second.size() != elements) {
      const std::size_t size = found == restored->variables.end() ? 0 : found->second.size();
      fail(Fault::input,
           "the checkpoint of replica {} holds {} values of Variable '{}' {}, the graph needs {}",
           number_, size, variable.name, variable.shape.str(), elements);
    }
    to_stored(*device_, variable.shape, found->second.data(), stored);
  }
  const std::unique_ptr<Queue> queue = device_->queue(Urgency::step);
  queue->copy(variables_.data(), staging.data(), variable_bytes_);
  queue->mark().wait();
}

// The place of the slots a token is joined with in prepare_stages()' order.
std::size_t Replica::pair_of(const Token& token) const {
  const std::size_t data = token.data ? token.data->slot : 0;
  if (token.timing != Timing::step) return data;
  const std::size_t aheads = std::max<std::size_t>(1, ahead_[token.trip].size());
  return data * aheads + (token.ahead ? token.ahead->slot : 0);
}

void Replica::fill_scalars(Step step, std::byte* cells) const {
  for (std::size_t s = 0; s < factors_.size(); ++s) {
    const auto value = static_cast<float>(lowered_.scalars[s].schedule.at(step) * factors_[s]);
    std::memcpy(cells + s * kAlignment, &value, sizeof value);
  }
}

bool Replica::prepare(Token& token, int t, std::uint64_t number) noexcept {
  token.trip = t;
  token.number = number;
  token.key = number * static_cast<std::uint64_t>(replicas_) + static_cast<unsigned>(index_);
  token.data = token.ahead = nullptr;
  std::size_t slot = token.slot;
  if (token.timing != Timing::step) slot += step_tokens_.size();
  if (token.timing == Timing::data) slot += ahead_[t].size();
  Cursor& cursor = cursors_[t][slot];
  const LoweredTrip& made = trip(t);
  try {
    if (!cursor.seek(number, steps_)) return false;
    token.occurrence = cursor.occurrence(0);
    std::byte* cells = token.control.host();
    for (std::size_t j = 0; j < made.occurrences.size(); ++j) {
      token.row_steps[j] = cursor.row_step(j);
      fill_scalars(cursor.step(j), cells + scalar_at(0, static_cast<int>(j)));
    }
    for (std::size_t s = 0; s < made.stages.size(); ++s)
      for (std::size_t c = 0; c < made.stages[s].clocks.size(); ++c) {
        const auto [occurrence, phase] = made.stages[s].clocks[c];
        const auto j = static_cast<std::size_t>(occurrence);
        const DrawClock clock{lowered_.seed,
                              phase < 0 ? cursor.occurrence(j) : cursor.last(j, phase)};
        std::memcpy(cells + layouts_[t].clocks[s] + c * sizeof clock, &clock, sizeof clock);
      }
    if (layouts_[t].programs[static_cast<std::size_t>(token.timing)])
      token.control.to_device(*token.queue, 0, layouts_[t].control_bytes);
  } catch (...) {
    token.row_steps[0] = cursor.row_step(0);
    token.fail(fmt::format("node 'schedule' replica {} step {}: {}", number_, token.row_step(),
                           current_exception_text()));
  }
  return true;
}

void Replica::enqueue(Token& token, int index) const {
  const LoweredTrip& in = trip(token.trip);
  const LoweredStage& stage = in.stages[index];
  const Layout& layout = layouts_[token.trip];
  if (!stage.source) {
    token.prepared[layout.first_stage + index][pair_of(token)]->enqueue(*token.queue);
    return;
  }
  const DrawClock* clocks =
      clocks_of(token.control.host(), token.trip, static_cast<std::size_t>(index));
  const std::size_t outputs = stage.outputs.size() / stage.clocks.size();
  for (std::size_t c = 0; c < stage.clocks.size(); ++c) {
    std::array<std::span<float>, kMostOutputs> filled;
    for (std::size_t i = 0; i < outputs; ++i) {
      const int b = stage.outputs[c * outputs + i];
      if (b < 0) continue;
      filled[i] = {reinterpret_cast<float*>(token.buffers.host() + layout.buffer[b]),
                   in.buffers[b].bytes / sizeof(float)};
    }
    stage.source->fill({clocks[c].seed, stage.stream, clocks[c].step}, layout.batch[index],
                       std::span(filled).first(outputs));
  }
  const auto [begin, end] = filled_by(token.trip, stage);
  token.buffers.to_device(*token.queue, begin, end - begin);
}

// Bytes of a slot from the first to the last that a source fills.
std::pair<std::size_t, std::size_t> Replica::filled_by(int t, const LoweredStage& stage) const {
  std::size_t begin = SIZE_MAX, end = 0;
  for (const int b : stage.outputs) {
    if (b < 0) continue;
    begin = std::min(begin, layouts_[t].buffer[b]);
    end = std::max(end, layouts_[t].buffer[b] + trip(t).buffers[b].bytes);
  }
  return {std::min(begin, end), end};
}

void Replica::leave(Token& token) const {
  const Layout& layout = layouts_[token.trip];
  const auto bring = [&](const Token* slot) {
    if (!slot) return;
    const std::size_t t = static_cast<std::size_t>(slot->timing);
    if (layout.taps_end[t] > 0)
      slot->buffers.to_host(*token.queue, layout.taps_begin[t],
                            layout.taps_end[t] - layout.taps_begin[t]);
  };
  if (token.timing == Timing::step)
    for (const Token* slot : {token.data, token.ahead, &token}) bring(slot);
  token.done = token.queue->mark();
}

std::span<const float> Replica::tap(const Token& token, std::size_t j, std::size_t index) const {
  const int buffer = trip(token.trip).occurrences[j].taps[index];
  const Token& slot = slot_of(token, token.trip, buffer, token.data, token.ahead);
  return {
      reinterpret_cast<const float*>(slot.buffers.host() + layouts_[token.trip].buffer[buffer]),
      static_cast<std::size_t>(phase(trip(token.trip).occurrences[j].phase).taps[index].elements)};
}

}  // namespace ganflow
