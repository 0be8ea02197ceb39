#include "graphs/papers/mu_wgan.h"

#include <algorithm>

#include "graphs/parts/games.h"
#include "graphs/parts/losses.h"
#include "graphs/parts/networks.h"
#include "graphs/parts/penalties.h"
#include "graphs/parts/phases.h"
#include "graphs/parts/reports.h"
#include "ops/ports.h"

namespace ganflow {
namespace {

// MU-09: 2-512-512-512, batch 256, Adam 1e-4, lambda 0.1, A = (2, -1); lengths are generator
// iterations of five critic updates each.
void toy(Graph& g, const std::string& set, Step iterations) {
  const CriticSteps n = training_length(g, {.batch = 256, .steps = 5 * iterations});
  const UpdateRule rule = update_rule(g, {.optimizer = "adam", .lr = 1e-4, .l2 = 0});
  const DataSet data = add_data(g, g.data(set));
  const Latent z = latent(g, "noise", 2, "normal");
  const std::string hidden = "512x512x512";
  const NetworkPair networks =
      dense_networks(g, data, z, {.generator = hidden, .critic = hidden, .init = rule.init});
  const Players p = players(g, networks, data, data.port, z, {.order = TraceOrder::as_trained});
  evaluate_data(g, data.name, p.generated, 0, every(1000));
  report_samples(g, p, p.generated, every(5000), every(1000));
  report_paths(g, p, p.G, every(5000));
  const Port loss = wasserstein_critic(g, p);
  const CriticBound bound =
      critic_bound(g, p, rule, {.lambda = 0.1, .target = 0, .anchor = {2, -1}});
  const Port critic = bound.beside(loss);
  const Port generator = smoothed(g, p, wasserstein_generator(g, p));
  critic_phase(g, p, critic, n, bound.rule);
  generator_phase(g, p, generator, rule);
  tap_wasserstein(g, p);
}

// target 1: WGAN-GP; 0: the simple penalty.
void wgan_gp(Graph& g, const Players& p, const CriticSteps& n, const UpdateRule& rule,
             double target) {
  const Phase generator = wasserstein_game(g, p, n, rule, {.critic = {.target = target}});
  report_images(g, p, generator, every(5000));
  tap_wasserstein(g, p);
}

// MU-11: 200,000 generator iterations.
void cifar(Graph& g, double target) {
  const CriticSteps n = training_length(g, {.batch = 64, .steps = 1000000});
  const ImageFamily family = image_family(g, "mu");
  const DataSet data = add_data(g, g.data("cifar10"), family.form());
  const NetworkPair networks =
      image_networks(g, family, data, {.width = 128, .critic_norm = "none"});
  const Players p = players(g, networks, data, data.port, latent(g, "z", 128, "normal"));
  wgan_gp(g, p, n, update_rule(g, {.lr = 1e-4}), target);
}

// MU-10, R-06: no norm, batch 50.
void mnist(Graph& g, double target) {
  const CriticSteps n = training_length(g, {.batch = 50, .steps = 1000000});
  const ImageFamily family = image_family(g, "mnist");
  const DataSet data = add_data(g, g.data("mnist"), family.form());
  const NetworkPair networks =
      image_networks(g, family, data, {.norm = "none", .critic_norm = "none"});
  const Players p = players(g, networks, data, data.port, latent(g, "z", 128, "normal"));
  wgan_gp(g, p, n, update_rule(g, {.lr = 1e-4}), target);
}

}  // namespace

// the learning rate falls to 0 at the last step; the generator's batches are twice as large.
void cifar_resnet(Graph& g, double target) {
  const CriticSteps n = training_length(g, {.batch = 64, .steps = 1000000});
  const ImageFamily family = image_family(g, "resnet");
  const DataSet data = add_data(g, g.data("cifar10"), family.form(true));
  const NetworkPair networks =
      image_networks(g, family, data, {.width = 128, .kernel = 3, .critic_norm = "none"});
  const Players p = players(g, networks, data, data.port, latent(g, "z", 128, "normal"),
                            {.generator_batches = 2});
  const Schedule lr = linear(2e-4, 0, 0, std::max<Step>(1, g.steps()));
  wgan_gp(g, p, n, update_rule(g, {.lr = lr, .beta1 = 0}), target);
}

std::vector<NamedGraph> mu_wgan_presets() {
  return {{"toy-8gaussians", "SGP on a ring of 8 Gaussians (mu-WGAN, Fig. 4)",
           [](Graph& g) { toy(g, "gaussians8", 30000); }},
          {"toy-25gaussians", "SGP on a grid of 25 Gaussians (mu-WGAN, Fig. 4)",
           [](Graph& g) { toy(g, "gaussians25", 200000); }},
          {"toy-swissroll", "SGP on the Swiss roll (mu-WGAN, Fig. 4)",
           [](Graph& g) { toy(g, "swissroll", 100000); }},
          {"mu-cifar", "WGAN-GP on CIFAR-10, DCGAN networks (mu-WGAN, Fig. 6)",
           [](Graph& g) { cifar(g, 1); }},
          {"mu-cifar-sgp", "the same, simple penalty (--measure)", [](Graph& g) { cifar(g, 0); }},
          {"mu-cifar-resnet", "WGAN-GP on CIFAR-10, ResNet (mu-WGAN, Fig. 7)",
           [](Graph& g) { cifar_resnet(g, 1); }},
          {"mu-cifar-resnet-sgp", "the same, simple penalty (--measure)",
           [](Graph& g) { cifar_resnet(g, 0); }},
          {"mu-mnist", "WGAN-GP on MNIST, convolutional (mu-WGAN, Fig. 5)",
           [](Graph& g) { mnist(g, 1); }},
          {"mu-mnist-sgp", "the same, simple penalty (--measure)", [](Graph& g) { mnist(g, 0); }}};
}

}  // namespace ganflow
