// Runs one evaluation of a lowered graph on given Variables, outside a run: what `sample` and
// `evaluate` do with a checkpoint.
#pragma once

#include "engine/graph/lowered.h"

namespace ganflow {

// n samples of evaluation `e`, rows one after the other. `draw` picks the latents: the same number,
// the same latents. Throws Error(input) if `state` lacks a Variable.
std::vector<float> generate(const LoweredReplica& replica, const LoweredEvaluation& e,
                            const Restored& state, Extent n, std::uint64_t draw);

// Values of the columns of e.metric, with the draws a run would make at state.step.
std::vector<double> measure_samples(const LoweredReplica& replica, const LoweredEvaluation& e,
                                    const Restored& state);

}  // namespace ganflow
