// z, what a generator starts from.
#pragma once

#include <string>

#include "engine/graph/graph.h"

namespace ganflow {

enum class LatentDistribution : std::uint8_t {
  normal,   // N(0,1)^d
  uniform,  // U(-1,1)^d, the thesis' "uniform random input"
  unit,     // U(0,1)^d, the other reading of it
};

struct Latent {
  std::string node;  // name of the draws of the critic's step; the generator's end in 2
  Extent dim = 1;    // d
  LatentDistribution distribution = LatentDistribution::normal;

  // Adds a node of draws (times N, d).
  Port draw(Graph& graph, const std::string& name, Extent times = 1) const;
};

// Options latent (d), latent.distribution.
Latent latent(Graph& graph, const std::string& node, int dim, const std::string& distribution);

}  // namespace ganflow
