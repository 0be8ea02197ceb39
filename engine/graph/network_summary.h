// What the networks of a graph are made of: layers, shapes, parameters, multiply-adds.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace ganflow {

struct LayerSummary {
  std::string name;          // "conv1", "block2/conv1"
  Shape row;                 // of the result, without N
  Extent parameters = 0;     // elements that minimize() moves
  Extent state = 0;          // elements of statistics and buffers
  double multiply_adds = 0;  // of a forward pass, per sample
};

struct NetworkSummary {
  std::string name;
  std::vector<LayerSummary> layers;  // as first traced; a layer made of layers is listed by these
  Extent parameters = 0, state = 0;
  double multiply_adds = 0;
};

// In the order in which networks are made; one that no node uses is left out.
std::vector<NetworkSummary> summarize(const Graph& graph);

// As a table.
std::string describe(const std::vector<NetworkSummary>& networks);

}  // namespace ganflow
