// Samples taken apart: what a generator draws, latents and labels, and what it makes of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/device/device.h"
#include "engine/graph/lowered.h"
#include "engine/program/program.h"

namespace ganflow {

class Graph;
class ProgramCache;

// What one node without inputs draws, a row a sample.
struct Draws {
  std::string name;  // of the node, "sample_z"
  Shape row;         // without N; rank 0: one number a sample, a label
  bool is_label() const { return row.rank() == 0; }
};

// As formulas say it, for no device. Indices are of a LoweredReplica.
struct TracedDrawing {
  std::vector<Draws> draws;
  Program draw;                                   // outputs are the draws, inputs scalars
  std::vector<int> draw_scalars, draw_variables;  // of its inputs, of its variables
  Program generate;                               // inputs are the draws, then scalars
  std::vector<int> scalars, variables;
};

struct LoweredDrawing {
  std::vector<Draws> draws;
  Extent rows = 0;  // N of both programs, that of the evaluation
  // Outputs are the draws, the numbers those of the evaluation; inputs are scalars.
  std::shared_ptr<const Executable> draw;
  std::vector<int> draw_scalars, draw_variables;
  // Inputs are the draws, then scalars; the output are the samples.
  std::shared_ptr<const Executable> generate;
  std::vector<int> scalars, variables;
};

// Of the evaluation of that name, N = rows. Throws Error(usage) if there is none, and for one that
// reads data (LoweredEvaluation::draws).
TracedDrawing trace_drawing(const Graph& graph, const std::string& evaluation, Extent rows);
LoweredDrawing lower_drawing(const Graph& graph, const std::string& evaluation, Extent rows,
                             ProgramCache& cache, const Device& device);

}  // namespace ganflow
