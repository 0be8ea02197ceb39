// How the traced program of a graph is cut into the stages of a phase.
#pragma once

#include "engine/graph/graph_impl.h"

namespace ganflow {

struct CutStage {
  std::string name;
  Timing timing = Timing::step;
  std::vector<int> nodes;  // of the graph, ascending
  std::vector<int> after;  // stages
  std::shared_ptr<const Source> source;
  std::string draws;  // of a source: the node by whose name it draws
  int clock = -1;     // as LoweredStage has it
  Program program;
  std::vector<InputRef> inputs;
  std::vector<int> outputs;  // buffers, as LoweredStage has them
};

struct PhaseStages {
  std::vector<CutStage> stages;  // in a valid execution order
  std::vector<LoweredBuffer> buffers;
  std::vector<LoweredTap> taps;
};

// Fused (the default): all step nodes of a phase are one stage, named like its optimizer step.
// Unfused: a stage per node. Sources, data and ahead nodes are stages of their own either way, so
// that they overlap the step. A pure function of the graph.
PhaseStages cut_phase(const Graph::Impl& graph, int phase);

}  // namespace ganflow
