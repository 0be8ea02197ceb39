// What the command knows by name. Every graph and preset is a compose function: an experiment of a
// paper stands in graphs/papers with its numbers, a ready graph in graphs/ready.cpp.
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

std::vector<NamedGraph> graphs();   // the topologies with common settings
std::vector<NamedGraph> presets();  // the papers' experiments

}  // namespace ganflow
