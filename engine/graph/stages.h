// How the traced program of a graph is cut into the stages of a phase.
#pragma once

#include "engine/graph/graph_impl.h"
#include "engine/graph/resident_sources.h"

namespace ganflow {

struct CutStage {
  std::string name;
  Timing timing = Timing::step;
  std::vector<int> nodes;  // of the graph, ascending
  std::vector<int> after;  // stages
  std::shared_ptr<const Source> source;
  std::string draws;        // of a source: the node by whose name it draws
  std::vector<int> clocks;  // by which it draws, as StageClock::phase has them
  Program program;
  std::vector<InputRef> inputs;
  std::vector<int> outputs;  // buffers, as LoweredStage has them
};

struct PhaseStages {
  std::vector<CutStage> stages;  // in a valid execution order
  std::vector<LoweredBuffer> buffers;
  std::vector<LoweredTap> taps;
  std::vector<int> tap_buffers;  // by tap
};

// What is a stage of its own: every node; sources and formulas that run data or ahead, so that they
// overlap the step; sources only. All other nodes of the phase are one stage, named like its
// optimizer step.
enum class Granularity : std::uint8_t { nodes, overlap, sources };

// The input of a program that is table `index` of ResidentSources::tables().
std::string table_name(int index);
bool is_table(const std::string& input);

// A pure function of the graph. Sources among `residents` are no stages: programs draw what they
// read of them.
PhaseStages cut_phase(const Graph::Impl& graph, int phase, Granularity granularity,
                      const ResidentSources* residents = nullptr);

}  // namespace ganflow
