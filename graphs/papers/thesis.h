// The thesis' experiments (seeds A2: TH), fully connected networks, each direct and smooth to
// sharp.
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

std::vector<NamedGraph> thesis_presets();

}  // namespace ganflow
