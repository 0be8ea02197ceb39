#include "graphs/parts/diagnostics.h"

#include "engine/error.h"
#include "ops/metrics/critic_slope.h"
#include "ops/metrics/gradient_norms.h"
#include "ops/metrics/weight_histogram.h"
#include "ops/metrics/weight_tiles.h"

namespace ganflow {
namespace {

void norms(Graph& g, const std::string& node, const Network& network, Phase phase, Port objective) {
  if (!g.option(Option<bool>{"gradients", false,
                             "columns with the length of the gradient by each parameter (GU-17)"}))
    return;
  const Port all = g.add(node, GradientNorms{network}, objective);
  phase.also(all);
  g.tap(node, all, {.description = "|gradient| by all parameters"});
}

}  // namespace

void tap_slope(Graph& g, const Players& p, const Activation& seen) {
  if (!g.option(Option<bool>{"slopes", false,
                             "column with the critic's mean slope at the fakes (TH-19)"}))
    return;
  g.tap("slope", p.add(g, "critic_slope", CriticSlope{p.D, seen}, p.condition, p.fake),
        {.description = "mean |grad D| at generated samples"});
}

void diagnose_critic(Graph& g, const Players& p, Phase phase, Port objective) {
  norms(g, "critic_gradients", p.D, phase, objective);
  const int bins = g.option(
      Option<int>{"weights", 0, between(0, 100),
                  "bins of a histogram of the critic's weights, at least 2; 0: none (GU-17)"});
  if (bins == 0) return;
  const Port piled = g.add("weights", WeightHistogram{.network = p.D, .bins = bins});
  phase.also(piled);
  g.tap("weights.piled", piled, {.description = "share of weights within 5 % of the greatest"});
}

void diagnose_generator(Graph& g, const Players& p, Phase phase, Port objective) {
  norms(g, "generator_gradients", p.G, phase, objective);
  if (!g.option(Option<bool>{"tiles", false,
                             "column with the share of the generator's last weights that are noise "
                             "(TH-32)"}))
    return;
  if (!p.data.image())
    fail(Fault::usage, "--set tiles=1: data set '{}' holds points, tiles are of images",
         p.data.name);
  const Picture& picture = p.data.picture;
  const Port noise = g.add("tiles", WeightTiles{.network = p.G,
                                                .height = picture.height,
                                                .width = picture.width,
                                                .channels = picture.channels});
  phase.also(noise);
  g.tap("tiles.noise", noise, {.description = "share of tiles without correlated neighbours"});
}

}  // namespace ganflow
