#include "engine/run/evaluation.h"

#include <cstdlib>
#include <cstring>

#include "engine/error.h"
#include "engine/run/slots.h"

namespace ganflow {

std::vector<float> generate(const LoweredReplica& replica, const LoweredEvaluation& e,
                            const Restored& state, Extent n, std::uint64_t draw) {
  std::vector<Memory> blocks;
  const auto block = [&blocks](std::size_t bytes) {
    blocks.emplace_back(aligned(std::max<std::size_t>(bytes, 1)));
    return blocks.back().data();
  };
  std::vector<std::byte*> variables;
  for (int v : e.variables) {
    const VariableInfo& info = replica.variables[static_cast<std::size_t>(v)];
    const auto found = state.variables.find(info.name);
    const auto elements = static_cast<std::size_t>(info.shape.elements());
    if (found == state.variables.end() || found->second.size() != elements)
      fail(Fault::input, "the checkpoint has no {} of shape {}; it belongs to another graph",
           info.name, info.shape.str());
    variables.push_back(block(elements * sizeof(float)));
    std::memcpy(variables.back(), found->second.data(), elements * sizeof(float));
  }
  std::vector<const std::byte*> inputs;
  for (const InputRef& input : e.inputs) {
    const auto& scalar = replica.scalars[static_cast<std::size_t>(input.index)];
    const auto value = static_cast<float>(scalar.schedule.at(state.step));
    std::byte* cell = block(sizeof value);
    std::memcpy(cell, &value, sizeof value);
    inputs.push_back(cell);
  }
  const Extent row = e.row.elements();
  std::byte* output = block(static_cast<std::size_t>(e.rows * row) * sizeof(float));
  Bindings bindings{.arena = block(e.program->arena_bytes()),
                    .variables = variables.data(),
                    .inputs = inputs.data(),
                    .outputs = &output,
                    .seed = replica.seed};
  std::vector<float> samples(static_cast<std::size_t>(n * row));
  for (Extent call = 0; call * e.rows < n; ++call) {
    bindings.step = draw * static_cast<std::uint64_t>(e.calls) + static_cast<std::uint64_t>(call);
    e.program->run(bindings);
    const Extent rows = std::min(e.rows, n - call * e.rows);
    std::memcpy(&samples[static_cast<std::size_t>(call * e.rows * row)], output,
                static_cast<std::size_t>(rows * row) * sizeof(float));
  }
  return samples;
}

std::vector<double> measure_samples(const LoweredReplica& replica, const LoweredEvaluation& e,
                                    const Restored& state) {
  const Extent n = e.metric->samples();
  const std::vector<float> samples = generate(replica, e, state, n, state.step);
  Measurement m{.samples = samples, .n = n, .row = e.row, .step = state.step, .seed = replica.seed};
  for (const auto& [option, index] : e.metric_scalars)
    m.scalars[option] = replica.scalars[static_cast<std::size_t>(index)].schedule.at(state.step);
  return e.metric->measure(m);
}

}  // namespace ganflow
