#include "graphs/papers/thesis.h"

#include <array>
#include <functional>

#include "graphs/parts/games.h"
#include "graphs/parts/losses.h"
#include "graphs/parts/networks.h"
#include "graphs/parts/penalties.h"
#include "graphs/parts/phases.h"
#include "graphs/parts/reports.h"
#include "graphs/parts/update_rule.h"
#include "ops/ports.h"
#include "ops/transforms/background.h"
#include "ops/transforms/gaussian_blur.h"
#include "ops/transforms/tunable_sigmoid.h"

namespace ganflow {
namespace {

// TH-34: four smooth stages of 2,500 steps, then sharp; direct training starts at the end.
Schedule stages(const CriticSteps& n, bool sts, const std::array<double, 5>& values) {
  if (!sts) return values[4];
  const Step at = 2500 * n.unit;
  return steps({{0, values[0]},
                {at, values[1]},
                {2 * at, values[2]},
                {3 * at, values[3]},
                {4 * at, values[4]}});
}
Scalar sharpness(Graph& g, const CriticSteps& n, bool sts) {
  return g.scalar("k", stages(n, sts, {0, -0.2, -0.6, -0.8, -0.99999}));
}
// TH-36: the same stages in blur, standard deviations in pixels.
Scalar blur(Graph& g, const CriticSteps& n, bool sts) {
  return g.scalar("sigma", stages(n, sts, {2, 1.5, 1, 0.5, 0}));
}

// RMSProp of both players, its moments kept from stage to stage.
UpdateRule rmsprop(Graph& g, const CriticSteps& n, bool sts, double l2) {
  UpdateRuleOptions o{.optimizer = "rmsprop", .lr = 1e-3, .l2 = l2};
  if (sts) o.stages = stages(n, true, {0, 1, 2, 3, 4});
  return update_rule(g, o);
}

void report(Graph& g, const Players& p, Scalar k, Step evaluate_every = 1000) {
  evaluate_data(g, p.data.name, p.generated, k, every(evaluate_every));
  report_samples(g, p, p.generated, every(5000), every(evaluate_every));
  report_paths(g, p, p.G, every(5000));
}

void wgan_gp(Graph& g, const Players& p, const CriticSteps& n, const UpdateRule& rule) {
  const Port loss = wasserstein_critic(g, p);
  const CriticBound bound = critic_bound(g, p, rule);
  const Port critic = bound.beside(loss);
  const Port generator = smoothed(g, p, wasserstein_generator(g, p));
  critic_phase(g, p, critic, n, bound.rule);
  generator_phase(g, p, generator, rule);
  tap_wasserstein(g, p);
}

void gan(Graph& g, const Players& p, const CriticSteps& n, const UpdateRule& rule) {
  adversarial_game(g, p, n, rule);
}

// Every experiment is played both ways: a WGAN-GP, and a GAN with L2.
struct Game {
  int n_critic;
  double l2;
  void (*play)(Graph&, const Players&, const CriticSteps&, const UpdateRule&);
};
const Game kWganGp{5, 0, wgan_gp}, kGan{1, 1e-4, gan};

// Exp 1: a density on the line, nothing to sharpen.
void density(Graph& g) {
  const CriticSteps n =
      training_length(g, {.steps = 5000, .n_critic = kGan.n_critic, .countable = true});
  const UpdateRule rule = rmsprop(g, n, false, kGan.l2);
  const DataSet data = add_data(g, g.data("gaussian1d"));
  const Latent z = latent(g, "noise", 1, "uniform");
  const NetworkPair networks =
      dense_networks(g, data, z, {.generator = "16", .critic = "16", .init = rule.init});
  const Players p = players(g, networks, data, data.port, z, {.order = TraceOrder::as_trained});
  report(g, p, 0, 500);
  kGan.play(g, p, n, rule);
}

// Exp 3 and 4: spheres, sharpened by k; one hidden layer of `hidden` units.
void spheres(Graph& g, const Game& game, bool sts, const std::string& set, int dim,
             const std::string& hidden) {
  const CriticSteps n = training_length(g, {.n_critic = game.n_critic, .countable = true});
  const Scalar k = sharpness(g, n, sts);
  const UpdateRule rule = rmsprop(g, n, sts, game.l2);
  const DataSet data = add_data(g, g.data(set));
  const Latent z = latent(g, "noise", dim, "uniform");
  const NetworkPair networks =
      dense_networks(g, data, z, {.generator = hidden, .critic = hidden, .init = rule.init});
  Port real = g.add("sharpen", TunableSigmoid{.k = k}, data.port);
  if (g.option(Option<bool>{"background", false,
                            "something behind the spheres: background.level, background.noise "
                            "(TH-39)"}))
    real = g.add("background", Background{}, real);
  const Players p = players(g, networks, data, real, z, {.order = TraceOrder::as_trained});
  report(g, p, k);
  game.play(g, p, n, rule);
}

// Exp 5: digits, blurred by sigma.
void digits(Graph& g, const Game& game, bool sts) {
  const CriticSteps n = training_length(g, {.n_critic = game.n_critic, .countable = true});
  const Scalar sigma = blur(g, n, sts);
  const UpdateRule rule = rmsprop(g, n, sts, game.l2);
  const DataSet data = add_data(g, g.data("mnist"));
  const Latent z = latent(g, "noise", 48, "uniform");
  const NetworkPair networks =
      dense_networks(g, data, z, {.generator = "512x512", .critic = "128x128", .init = rule.init});
  const Picture& image = data.picture;
  const GaussianBlur blurred{.sigma = sigma, .side = image.height, .channels = image.channels};
  const Players p = players(g, networks, data, g.add("sharpen", blurred, data.port), z,
                            {.order = TraceOrder::as_trained});
  report(g, p, 0);
  game.play(g, p, n, rule);
}

}  // namespace

std::vector<NamedGraph> thesis_presets() {
  std::vector<NamedGraph> list = {{"thesis-1d", "GAN on a 1-D Gaussian (thesis, Exp 1)", density}};
  // Each image experiment direct and smooth to sharp.
  const auto pair = [&list](const std::string& name, const std::string& text,
                            const std::function<void(Graph&, bool)>& compose) {
    for (const bool sts : {false, true})
      list.push_back({name + (sts ? "-sts" : ""), text + (sts ? ", smooth to sharp" : ", direct"),
                      [=](Graph& g) { compose(g, sts); }});
  };
  pair("thesis-28", "WGAN-GP on one sphere, 28x28 (thesis, Exp 3, 4)",
       [](Graph& g, bool sts) { spheres(g, kWganGp, sts, "spheres", 2, "64"); });
  pair("thesis-28-gan", "GAN on one sphere, 28x28 (thesis, Exp 3, 4)",
       [](Graph& g, bool sts) { spheres(g, kGan, sts, "spheres", 2, "64"); });
  pair("thesis-48", "WGAN-GP on one sphere, 48x48 (thesis, Exp 3, 4)",
       [](Graph& g, bool sts) { spheres(g, kWganGp, sts, "spheres:48", 2, "64"); });
  pair("thesis-two", "WGAN-GP on two spheres, 28x28 (thesis, Exp 3, 4)",
       [](Graph& g, bool sts) { spheres(g, kWganGp, sts, "spheres:two", 4, "128"); });
  pair("thesis-mnist", "WGAN-GP on MNIST (thesis, Exp 5)",
       [](Graph& g, bool sts) { digits(g, kWganGp, sts); });
  pair("thesis-mnist-gan", "GAN on MNIST (thesis, Exp 5)",
       [](Graph& g, bool sts) { digits(g, kGan, sts); });
  return list;
}

}  // namespace ganflow
