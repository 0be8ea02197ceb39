// The lecture's progressive growing (LE-17; Karras et al. 2018): 4 -> 8 -> ... pixels, each stage
// faded in over the first half of its macro-iterations.
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

// Defaults of the options of the same names.
struct Growth {
  int side = 32;                // pixels of the last stage; the data is pooled to the others
  int width = 128;              // channels of every stage, >= 1
  int latent = 128;             // size of z, >= 1
  int stage_iterations = 5000;  // macro-iterations of a stage, >= 2
};
// A stage is phases of its own, of which those of one stage run at a time, over the same Variables.
void progressive(Graph& graph, const Growth& defaults);

std::vector<NamedGraph> lecture_presets();

}  // namespace ganflow
