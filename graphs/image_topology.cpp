#include "graphs/image_topology.h"

#include "engine/error.h"
#include "engine/suggest.h"
#include "graphs/image_players.h"
#include "ops/layers/initializers.h"
#include "ops/losses/adversarial.h"
#include "ops/losses/wasserstein.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/penalties/smooth_penalty.h"
#include "ops/ports.h"
#include "ops/techniques/feature_matching.h"
#include "ops/techniques/historical_average.h"
#include "ops/techniques/replay.h"

namespace ganflow {
namespace {

Port adversarial_generator_loss(Graph& g, const ImagePlayers& p) {
  const std::string layer = g.option("features", std::string());
  if (!layer.empty()) {
    const Features features{p.D, layer};
    return g.add("generator_loss", FeatureMatching{},
                 p.add(g, "features_real", features, p.condition, p.real),
                 p.add(g, "features_fake", features, p.fresh_classes, p.fresh));
  }
  const std::string kind = g.option("loss", std::string("non-saturating"));
  if (kind == "minimax") return g.add("generator_loss", Minimax{}, p.judge(g));
  if (kind == "non-saturating") return g.add("generator_loss", NonSaturating{}, p.judge(g));
  fail(Fault::usage, "--set loss={}: no such loss{}", kind,
       suggestion(kind, {"non-saturating", "minimax"}));
}

// GU-12: a phase between critic and generator, on fakes of the past with their classes.
void add_replay(Graph& g, const ImagePlayers& p, Phase critic, Extent capacity) {
  if (p.recipe.n_critic < 1)
    fail(Fault::usage,
         "--set replay={}: the memory fills after so many critic steps, which must be as many in "
         "every macro-iteration, but --set n_critic={} varies them: set it to at least 1",
         capacity, p.recipe.n_critic);
  critic.also(g.add("remember", Remember{"replay", capacity}, p.fake));
  const Port past = g.add("recall", Recall{"replay", capacity}, p.fake);
  Port classes;
  if (p.recipe.conditional) {
    critic.also(g.add("remember_classes", Remember{"replay_classes", capacity}, p.condition));
    classes = g.add("recall_classes", Recall{"replay_classes", capacity}, p.condition);
  }
  const Port d_past = p.forward(g, "critic_replay", p.D, past, classes);
  g.phase("replay", replay_when_full(capacity, p.recipe.n_critic))
      .minimize("replay_step", -g.add("replay_loss", Minimax{}, d_past), p.D, p.optimizer);
}

}  // namespace

void dcgan(Graph& g, const ImageRecipe& recipe) {
  const ImagePlayers p = image_players(g, recipe);
  const Adversarial targets{.real_target = g.option("real_target", p.recipe.real_target),
                            .fake_target = g.option("fake_target", 0.0),
                            .flip = g.option("flip", 0.0)};
  Port critic = g.add("loss", targets, p.d_real, p.d_fake);
  Port generator = adversarial_generator_loss(g, p);
  if (const double weight = g.option("history", 0.0); weight > 0) {
    critic = critic + g.add("critic_history", HistoricalAverage{p.D, weight});
    generator = generator + g.add("generator_history", HistoricalAverage{p.G, weight});
  }
  const Phase phase = critic_phase(g, p, critic);
  if (const int capacity = g.option("replay", 0); capacity > 0) add_replay(g, p, phase, capacity);
  generator_phase(g, p, generator);
}

void wgan_gp_images(Graph& g, const ImageRecipe& recipe) {
  const ImagePlayers p = image_players(g, recipe);
  const bool unit = p.data.picture.lo == 0;
  const GradientPenalty penalty{
      .critic = p.D,
      .lambda = p.recipe.lambda,
      .target = g.option("target", p.recipe.target),
      .measure = measure::by_name(g.option("measure", p.recipe.measure),
                                  unit ? init::constant(0.5) : init::uniform(1)),
      .coupled = g.option("coupled", 0) != 0};
  const Port gp = p.add(g, "penalty", penalty, p.condition, p.real, p.fake);
  critic_phase(g, p, g.add("loss", Wasserstein{}, p.d_real, p.d_fake) + gp);
  Port generator = g.add("generator_loss", WassersteinGenerator{}, p.judge(g));
  if (const double gamma = g.option("smooth", p.recipe.smooth); gamma > 0) {
    const SmoothPenalty smooth{
        .gamma = gamma,
        .k = p.recipe.k,
        .norm = jacobian_norm(g.option("smooth.norm", std::string("pixel_mean"))),
        .probes = g.option("smooth.probes", 1)};
    generator = generator + g.add("smooth", smooth, p.images, p.z);
  }
  generator_phase(g, p, generator);
  g.tap("wasserstein", mean(p.d_real) - mean(p.d_fake));
}

}  // namespace ganflow
