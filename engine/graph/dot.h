// A graph as a drawing.
#pragma once

#include <string>

#include "engine/graph/graph.h"

namespace ganflow {

// Graphviz: a box a node, a cluster a phase, evaluations as ellipses.
std::string dot(const Graph& graph);

}  // namespace ganflow
