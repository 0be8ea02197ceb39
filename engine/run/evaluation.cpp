#include "engine/run/evaluation.h"

#include <algorithm>
#include <cstring>
#include <deque>

#include "engine/device/stored.h"
#include "engine/error.h"
#include "engine/tensor/memory.h"

namespace ganflow {
namespace {

// Clocks of a draw have their calls in the lower half.
constexpr std::uint64_t kMostDraw = 0xffffffff;

std::size_t call_bytes(const LoweredEvaluation& e, const Shape& row) {
  return static_cast<std::size_t>(e.rows * row.elements()) * sizeof(float);
}

// What a call leaves: its outputs one behind another, each at an address of its own alignment.
std::size_t call_bytes(const LoweredEvaluation& e) {
  std::size_t bytes = 0;
  for (const Shape& row : e.rows_of) bytes += aligned(call_bytes(e, row));
  return bytes;
}

std::size_t elements_of(const LoweredEvaluation& e, Extent samples) {
  Extent elements = 0;
  for (const Shape& row : e.rows_of) elements += samples * row.elements();
  return static_cast<std::size_t>(elements);
}

std::size_t bytes_of(const LoweredReplica& replica, int variable) {
  return static_cast<std::size_t>(replica.variables[variable].shape.elements()) * sizeof(float);
}

void fill_cell(std::byte* cell, const LoweredScalar& scalar, Step step) {
  const auto value = static_cast<float>(scalar.schedule.at(step));
  std::memcpy(cell, &value, sizeof value);
}

// Where a buffer begins in the block of data; of the number of them: how large that is.
std::size_t buffer_offset(const LoweredEvaluation& e, std::size_t buffer) {
  std::size_t offset = 0;
  for (std::size_t b = 0; b < buffer; ++b) offset += aligned(e.buffers[b]);
  return offset;
}

std::unique_ptr<Prepared> prepared(EvaluationSlot& slot, const LoweredReplica& replica,
                                   const LoweredEvaluation& e) {
  std::vector<std::byte*> variables;
  std::size_t offset = 0;
  for (const int v : e.variables) {
    variables.push_back(slot.variables.data() + offset);
    offset += aligned(bytes_of(replica, v));
  }
  std::vector<const std::byte*> inputs;
  for (std::size_t i = 0; i <= e.inputs.size(); ++i) {
    const bool drawn = i < e.inputs.size() && e.inputs[i].from == InputRef::From::buffer;
    inputs.push_back(drawn ? slot.data.device() +
                                 buffer_offset(e, static_cast<std::size_t>(e.inputs[i].index))
                           : slot.control.device() + i * kAlignment);
  }
  std::vector<std::byte*> outputs{slot.output.device()};
  for (const Shape& row : e.rows_of)
    outputs.push_back(outputs.back() + aligned(call_bytes(e, row)));
  return e.program->prepare({.arena = slot.arena.data(),
                             .variables = variables.data(),
                             .inputs = inputs.data(),
                             .outputs = outputs.data(),
                             .clock = reinterpret_cast<const DrawClock*>(inputs.back())});
}

}  // namespace

std::uint64_t first_draw(const LoweredEvaluation& e, Step step) {
  return e.fixed_noise ? 0 : step * static_cast<std::uint64_t>(e.calls);
}

void add_needs(const LoweredReplica& replica, const LoweredEvaluation& e, Extent samples,
               EvaluationNeeds& needs) {
  const auto at_least = [](std::size_t& need, std::size_t n) { need = std::max(need, n); };
  std::size_t bytes = 0;
  for (const int v : e.variables) bytes += aligned(bytes_of(replica, v));
  at_least(needs.variables, bytes);
  at_least(needs.arena, e.program->arena_bytes());
  at_least(needs.output, call_bytes(e));
  at_least(needs.control, (e.inputs.size() + 1) * kAlignment);
  at_least(needs.data, buffer_offset(e, e.buffers.size()));
  at_least(needs.samples, elements_of(e, samples));
  if (!e.metric) return;
  at_least(needs.columns, e.metric->columns().size());
  if (const auto seen = e.metric->seen())
    at_least(needs.seen, static_cast<std::size_t>(seen->n * seen->row.elements()));
}

void allocate(EvaluationSlot& slot, const Device& device, const EvaluationNeeds& needs) {
  slot.variables = device.allocate(needs.variables);
  slot.arena = device.allocate(needs.arena);
  slot.output = device.mirror(needs.output);
  slot.control = device.mirror(needs.control);
  slot.data = device.mirror(needs.data);
  slot.queue = device.queue(Urgency::background);
  slot.samples.resize(needs.samples);
  slot.values.resize(needs.columns);
  slot.seen.resize(needs.seen);
}

void begin_evaluation(EvaluationSlot& slot, const LoweredReplica& replica,
                      const LoweredEvaluation& e, Step step, Extent samples,
                      std::uint64_t first_draw) {
  slot.step = step;
  slot.failed = slot.calling = false;
  slot.wanted = samples;
  slot.made = 0;
  slot.first_draw = first_draw;
  std::byte* cell = slot.control.host();
  for (const InputRef& input : e.inputs) {
    if (input.from == InputRef::From::scalar) fill_cell(cell, replica.scalars[input.index], step);
    cell += kAlignment;
  }
  auto& ready = slot.prepared[e.program.get()];
  if (!ready) ready = prepared(slot, replica, e);
}

void copy_variables(EvaluationSlot& slot, const LoweredReplica& replica, const LoweredEvaluation& e,
                    const CopyVariable& copy) {
  std::size_t offset = 0;
  for (const int v : e.variables) {
    copy(v, slot.variables.data() + offset, bytes_of(replica, v));
    offset += aligned(bytes_of(replica, v));
  }
}

namespace {

void fill_data(EvaluationSlot& slot, const LoweredEvaluation& e, const DrawClock& clock) {
  for (const LoweredEvaluation::Draws& d : e.draws) {
    std::vector<std::span<float>> outputs;
    for (const int b : d.buffers) {
      const auto buffer = static_cast<std::size_t>(b);
      outputs.emplace_back(reinterpret_cast<float*>(slot.data.host() + buffer_offset(e, buffer)),
                           e.buffers[buffer] / sizeof(float));
    }
    d.source->fill({clock.seed, d.stream, clock.step}, e.rows, outputs);
  }
  const std::size_t bytes = buffer_offset(e, e.buffers.size());
  if (bytes > 0) slot.data.to_device(*slot.queue, 0, bytes);
}

}  // namespace

void enqueue_call(EvaluationSlot& slot, const LoweredReplica& replica, const LoweredEvaluation& e) {
  const std::size_t clock_at = e.inputs.size() * kAlignment;
  const auto call = static_cast<std::uint64_t>(slot.made / e.rows);
  const DrawClock clock{replica.seed, slot.first_draw + call};
  std::memcpy(slot.control.host() + clock_at, &clock, sizeof clock);
  slot.control.to_device(*slot.queue, 0, clock_at + sizeof clock);
  fill_data(slot, e, clock);
  slot.prepared.at(e.program.get())->enqueue(*slot.queue);
  slot.output.to_host(*slot.queue, 0, call_bytes(e));
  slot.landed = slot.queue->mark();
  slot.calling = true;
}

// Copied, because a call's place among the samples need not be aligned.
bool collect_call(EvaluationSlot& slot, const LoweredEvaluation& e, const Device& device) {
  if (const std::string why = device.failure(); !why.empty()) throw Error(Fault::replica, why);
  const Extent rows = std::min(e.rows, slot.wanted - slot.made);
  const std::byte* from = slot.output.host();
  float* to = slot.samples.data();
  for (const Shape& row : e.rows_of) {
    std::memcpy(to + slot.made * row.elements(), from,
                static_cast<std::size_t>(rows * row.elements()) * sizeof(float));
    from += aligned(call_bytes(e, row));
    to += slot.wanted * row.elements();
  }
  slot.made += rows;
  slot.calling = false;
  return slot.made == slot.wanted;
}

void measure_samples(EvaluationSlot& slot, const LoweredReplica& replica,
                     const LoweredEvaluation& e) {
  Measurement measurement;
  measurement.n = slot.wanted;
  const float* at = slot.samples.data();
  for (const Shape& row : e.rows_of) {
    const auto size = static_cast<std::size_t>(slot.wanted * row.elements());
    measurement.beside.emplace_back(at, size);
    at += size;
  }
  measurement.samples = measurement.beside[0];
  measurement.beside.erase(measurement.beside.begin());
  measurement.row = e.row;
  measurement.step = slot.step;
  measurement.seed = replica.seed;
  for (const auto& [option, scalar] : e.metric_scalars)
    measurement.scalars[option] = replica.scalars[scalar].schedule.at(slot.step);
  if (const auto seen = e.metric->seen())
    measurement.seen =
        std::span(slot.seen).first(static_cast<std::size_t>(seen->n * seen->row.elements()));
  const std::vector<double> values = e.metric->measure(measurement);
  const std::size_t columns = e.metric->columns().size();
  if (values.size() != columns)
    fail(Fault::usage, "the metric returned {} values for {} columns", values.size(), columns);
  std::copy(values.begin(), values.end(), slot.values.begin());
}

Samples samples_of(const EvaluationSlot& slot, const LoweredEvaluation& e) {
  return {
      e.name,      slot.step,
      slot.wanted, e.row,
      e.picture,   {slot.samples.data(), static_cast<std::size_t>(slot.wanted * e.row.elements())}};
}

std::optional<Samples> seen_of(const EvaluationSlot& slot, const LoweredEvaluation& e) {
  const std::optional<SeenRows> seen = e.metric ? e.metric->seen() : std::nullopt;
  if (!seen) return {};
  const auto size = static_cast<std::size_t>(seen->n * seen->row.elements());
  return Samples{seen->name, slot.step,     seen->n,
                 seen->row,  seen->picture, std::span(slot.seen).first(size)};
}

namespace {

// All calls one after another.
void run_evaluation(EvaluationSlot& slot, const LoweredReplica& replica, const LoweredEvaluation& e,
                    const Restored& state, Extent samples, std::uint64_t first_draw,
                    const Device& device) {
  EvaluationNeeds needs;
  add_needs(replica, e, samples, needs);
  allocate(slot, device, needs);
  begin_evaluation(slot, replica, e, state.step, samples, first_draw);
  std::deque<std::vector<float>> stored;  // until they are copied
  copy_variables(slot, replica, e, [&](int v, std::byte* to, std::size_t bytes) {
    const VariableInfo& info = replica.variables[v];
    const auto found = state.variables.find(info.name);
    if (found == state.variables.end() || found->second.size() * sizeof(float) != bytes)
      fail(Fault::input, "the checkpoint has no {} of shape {}; it belongs to another graph",
           info.name, info.shape.str());
    stored.emplace_back(found->second.size());
    to_stored(device, info.shape, found->second.data(), stored.back().data());
    slot.queue->copy(to, reinterpret_cast<const std::byte*>(stored.back().data()), bytes);
  });
  do {
    enqueue_call(slot, replica, e);
    slot.landed.wait();
  } while (!collect_call(slot, e, device));
}

}  // namespace

std::vector<float> generate(const LoweredReplica& replica, const LoweredEvaluation& e,
                            const Restored& state, Extent n, std::uint64_t draw,
                            const Device& device) {
  if (n < 1) fail(Fault::usage, "{}: {} samples are asked for, at least 1 can be drawn", e.name, n);
  if (draw > kMostDraw)
    fail(Fault::usage, "{}: draw is {}, it must be at most {}", e.name, draw, kMostDraw);
  EvaluationSlot slot;
  run_evaluation(slot, replica, e, state, n, draw << 32, device);
  slot.samples.resize(static_cast<std::size_t>(n * e.row.elements()));
  return std::move(slot.samples);
}

std::vector<double> measure_samples(const LoweredReplica& replica, const LoweredEvaluation& e,
                                    const Restored& state, const Device& device) {
  EvaluationSlot slot;
  run_evaluation(slot, replica, e, state, e.samples, first_draw(e, state.step), device);
  measure_samples(slot, replica, e);
  return slot.values;
}

}  // namespace ganflow
