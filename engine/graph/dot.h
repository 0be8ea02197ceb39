// A graph as a drawing.
#pragma once

#include <string>

#include "engine/graph/graph.h"

namespace ganflow {

// Graphviz: a box a node with its operator, the networks that it reads and its shape, a cluster a
// phase, evaluations as ellipses.
std::string dot(const Graph& graph);

}  // namespace ganflow
