#include "graphs/parts/latent.h"

#include "ops/sources/noise.h"

namespace ganflow {

Port Latent::draw(Graph& g, const std::string& name, Extent times) const {
  if (distribution == LatentDistribution::normal)
    return g.add(name, Normal{.dim = dim, .times = times});
  const double lo = distribution == LatentDistribution::unit ? 0 : -1;
  return g.add(name, Uniform{.dim = dim, .lo = lo, .times = times});
}

Latent latent(Graph& g, const std::string& node, int dim, const std::string& distribution) {
  return {.node = node,
          .dim = g.option(Option<int>{"latent", dim, at_least(1), "size of z"}),
          .distribution = g.option(
              Choice<LatentDistribution>{"latent.distribution",
                                         distribution,
                                         {{"normal", LatentDistribution::normal},
                                          {"uniform", LatentDistribution::uniform},
                                          {"unit", LatentDistribution::unit}},
                                         "of z: normal N(0,1), uniform U(-1,1), unit U(0,1)"})};
}

}  // namespace ganflow
