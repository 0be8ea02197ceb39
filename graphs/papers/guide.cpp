#include "graphs/papers/guide.h"

#include "graphs/parts/games.h"
#include "graphs/parts/losses.h"
#include "graphs/parts/networks.h"
#include "graphs/parts/reports.h"

namespace ganflow {

// GU 3 and 4: batch 128, 390 steps an epoch, 100 epochs; Adam 2e-4 (0.5, 0.9).
void guide_gan(Graph& g, const GuideGan& o) {
  const CriticSteps n = training_length(g, {.batch = 128, .steps = 39000, .n_critic = 1});
  const ImageFamily family = image_family(g, o.network);
  const DataSet data = add_data(g, g.data("cifar10"), family.form());
  const NetworkPair networks = image_networks(
      g, family, data,
      {.conditional = o.conditional, .norm_after_activation = o.norm_after_activation});
  const Players p = players(g, networks, data, data.port, latent(g, "z", 100, "normal"),
                            {.conditional = o.conditional});
  const UpdateRule rule = update_rule(g, {.lr = 2e-4});
  const Phase generator = adversarial_game(g, p, n, rule, o.real_target);
  report_images(g, p, generator, every(1000));
}

// GU 5.2: layer norm in the critic, label planes, k = 5, batch 64 (GU-18, GU-20, GU-21).
void guide_wgan(Graph& g, const std::string& network, bool conditional) {
  const CriticSteps n = training_length(g, {.batch = 64, .steps = 78000});
  const ImageFamily family = image_family(g, network);
  const DataSet data = add_data(g, g.data("cifar10"), family.form());
  const NetworkPair networks =
      image_networks(g, family, data, {.conditional = conditional, .critic_norm = "layer"});
  const Players p = players(g, networks, data, data.port, latent(g, "z", 100, "normal"),
                            {.conditional = conditional});
  const UpdateRule rule = update_rule(g, {.lr = 2e-4});
  report_images(g, p, wasserstein_game(g, p, n, rule), every(1000));
  tap_wasserstein(g, p);
}

std::vector<NamedGraph> guide_presets() {
  const auto gan = [](const GuideGan& defaults) {
    return [=](Graph& g) { guide_gan(g, defaults); };
  };
  return {
      {"guide-gan", "GAN with pooling and upsampling on CIFAR-10 (guide, 3.3)",
       gan({.network = "pooling"})},
      {"guide-dcgan", "DCGAN on CIFAR-10 (guide, 3.4)", gan({})},
      {"guide-dcgan-notebook", "the same, norm behind the activation as in the notebook",
       gan({.norm_after_activation = true})},
      {"guide-cdcgan", "conditional DCGAN on CIFAR-10 (guide, 3.5)", gan({.conditional = true})},
      {"guide-cdcgan-smoothed", "the same with one-sided label smoothing (guide, 4)",
       gan({.conditional = true, .real_target = 0.9})},
      {"guide-wgan", "conditional WGAN-GP on CIFAR-10 as in the text (guide, 5)",
       [](Graph& g) { guide_wgan(g, "dcgan", true); }},
      {"guide-wgan-notebook", "the same, generator as in the notebook",
       [](Graph& g) { guide_wgan(g, "notebook", true); }}};
}

}  // namespace ganflow
