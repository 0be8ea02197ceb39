// Which trips the step token makes and what each consists of: one occurrence of a phase with its
// stages, or several joined into one program.
#pragma once

#include <functional>

#include "engine/graph/stages.h"

namespace ganflow {

// The phases of a graph, each cut as it runs one occurrence a trip: as the graph says, or so. A
// pure function of the graph.
std::vector<PhaseStages> cut_phases(const Graph::Impl& graph);
std::vector<PhaseStages> cut_phases(const Graph::Impl& graph, Granularity granularity);

// Compiles a stage's program and binds its Variables.
using CompileStage = std::function<void(LoweredStage& stage, const Program& program)>;

// `cuts`: what cut_phases() returns. `together`: occurrences that one program may join. 1, or a
// graph that is not fused: every trip is one occurrence. More: all of a macro-iteration if they are
// that few and never vary; otherwise phase by phase, in powers of two. Programs draw the batches of
// `residents` by themselves, unless the graph is not fused.
std::vector<LoweredTrip> cut_trips(const Graph::Impl& graph, const std::vector<PhaseStages>& cuts,
                                   int together, const ResidentSources& residents,
                                   const CompileStage& compile);

}  // namespace ganflow
