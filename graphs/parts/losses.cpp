#include "graphs/parts/losses.h"

#include "graphs/parts/diagnostics.h"
#include "ops/losses/adversarial.h"
#include "ops/losses/f_gan.h"
#include "ops/losses/wasserstein.h"
#include "ops/ports.h"
#include "ops/techniques/feature_matching.h"
#include "ops/techniques/historical_average.h"

namespace ganflow {
namespace {

// Whether the generator's slope vanishes as the critic rejects its samples.
bool saturating(Graph& g) {
  return g.option(Choice<bool>{"loss",
                               "non-saturating",
                               {{"non-saturating", false}, {"minimax", true}},
                               "of the generator (R-24)"});
}

// Feature matching on a layer of the critic, or a loss on its score.
Port adversarial_generator(Graph& g, const Players& p) {
  const std::string layer = g.option(Option<std::string>{
      "features", "", "layer of the critic whose features the generator matches (LE-06)"});
  if (!layer.empty()) {
    const Features features{p.D, layer};
    return g.add("generator_loss", FeatureMatching{},
                 p.add(g, "features_real", features, p.condition, p.real),
                 p.add(g, "features_fake", features, p.fresh_classes, p.fresh));
  }
  return saturating(g) ? g.add("generator_loss", Minimax{}, p.judge(g))
                       : g.add("generator_loss", NonSaturating{}, p.judge(g));
}

}  // namespace

Objectives adversarial(Graph& g, const Players& p, double real_target) {
  const Adversarial targets{
      .real_target = g.option(Option<double>{"real_target", real_target, between(0, 1),
                                             "the critic's target of real samples (GU-10)"}),
      .fake_target = g.option(
          Option<double>{"fake_target", 0, between(0, 1), "the critic's target of fakes (GU-11)"}),
      .flip = g.option(Option<double>{"flip", 0, between(0, 1),
                                      "probability that a target is the other one (GU-15)"})};
  Objectives o;
  o.critic = g.add("loss", targets, p.d_real, p.d_fake);
  tap_slope(g, p, sigmoid);
  o.generator = adversarial_generator(g, p);
  const double history = g.option(Option<double>{
      "history", 0, at_least(0), "weight of historical averaging of both players (LE-07)"});
  if (history > 0) {
    o.critic = o.critic + g.add("critic_history", HistoricalAverage{p.D, history});
    o.generator = o.generator + g.add("generator_history", HistoricalAverage{p.G, history});
  }
  return o;
}

Objectives variational(Graph& g, const Players& p) {
  require_fixed(p.adapt);
  const auto divergence = g.option(Choice<Divergence>{"divergence", "kl", divergence_names(),
                                                      "of the data from the samples (TH-05)"});
  tap_slope(g, p);
  Objectives o;
  o.critic = g.add("loss", FGan{divergence}, p.d_real, p.d_fake);
  g.tap("bound", -o.critic,
        {.description = "on the divergence, by the critic: at most as much, but for chance"});
  o.generator =
      g.add("generator_loss",
            FGanGenerator{.divergence = divergence, .non_saturating = !saturating(g)}, p.judge(g));
  return o;
}

Port wasserstein_critic(Graph& g, const Players& p) {
  require_fixed(p.adapt);
  tap_slope(g, p);
  return g.add("loss", Wasserstein{}, p.d_real, p.d_fake);
}

Port wasserstein_generator(Graph& g, const Players& p) {
  return g.add("generator_loss", WassersteinGenerator{}, p.judge(g));
}

void tap_wasserstein(Graph& g, const Players& p) {
  g.tap("wasserstein", mean(p.d_real) - mean(p.d_fake));
}

}  // namespace ganflow
