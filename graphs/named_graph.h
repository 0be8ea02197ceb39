// A topology by name: what a list of graphs or presets holds.
#pragma once

#include <functional>
#include <string>

#include "engine/graph/graph.h"

namespace ganflow {

using Compose = std::function<void(Graph&)>;

struct NamedGraph {
  std::string name, description;
  Compose compose;
};

}  // namespace ganflow
