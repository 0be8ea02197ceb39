// Evaluations: samples of a generator from copies of its Variables, in a slot of their own. One
// path for those beside training and for those of a checkpoint afterwards.
#pragma once

#include <functional>
#include <optional>

#include "engine/run/slots.h"

namespace ganflow {

// What a slot needs to be large enough for every evaluation that was added.
struct EvaluationNeeds {
  std::size_t variables = 0, arena = 0, output = 0, control = 0, data = 0;  // bytes
  std::size_t samples = 0, columns = 0, seen = 0;                           // numbers
};
void add_needs(const LoweredReplica& replica, const LoweredEvaluation& e, Extent samples,
               EvaluationNeeds& needs);
void allocate(EvaluationSlot& slot, const Device& device, const EvaluationNeeds& needs);

// The clock of the first call of an evaluation at `step` of a run.
std::uint64_t first_draw(const LoweredEvaluation& e, Step step);

// Makes the slot, which must be home, ready for `samples` samples of `e` at `step`: call k draws by
// the clock first_draw + k.
void begin_evaluation(EvaluationSlot& slot, const LoweredReplica& replica,
                      const LoweredEvaluation& e, Step step, Extent samples,
                      std::uint64_t first_draw);
// Has `copy(variable, to, bytes)` enqueue a copy of each Variable that `e` reads.
using CopyVariable = std::function<void(int variable, std::byte* to, std::size_t bytes)>;
void copy_variables(EvaluationSlot& slot, const LoweredReplica& replica, const LoweredEvaluation& e,
                    const CopyVariable& copy);

// Enqueues a call of the program; slot.landed says when its samples are in the host's memory.
void enqueue_call(EvaluationSlot& slot, const LoweredReplica& replica, const LoweredEvaluation& e);
// Takes them in. True when that were the last ones. Throws what made the device fail.
bool collect_call(EvaluationSlot& slot, const LoweredEvaluation& e, const Device& device);

// Fills slot.values. Throws what the metric throws.
void measure_samples(EvaluationSlot& slot, const LoweredReplica& replica,
                     const LoweredEvaluation& e);
// As the sink takes them: all samples; what the metric found of them, if it keeps that.
Samples samples_of(const EvaluationSlot& slot, const LoweredEvaluation& e);
std::optional<Samples> seen_of(const EvaluationSlot& slot, const LoweredEvaluation& e);

// --- on a checkpoint, outside a run; `device` is the one that the replica was lowered for

// n samples, rows one after the other. `draw` picks the latents: 0 are those of the run's own grids
// (of a metric at step 0); different draws have no latents in common. Throws Error(usage) for n < 1
// and a draw beyond 2^32 - 1, Error(input) if `state` lacks a Variable.
std::vector<float> generate(const LoweredReplica& replica, const LoweredEvaluation& e,
                            const Restored& state, Extent n, std::uint64_t draw,
                            const Device& device);

// Values of the columns of e.metric, with the draws a run would make at state.step.
std::vector<double> measure_samples(const LoweredReplica& replica, const LoweredEvaluation& e,
                                    const Restored& state, const Device& device);

}  // namespace ganflow
