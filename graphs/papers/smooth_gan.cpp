#include "graphs/papers/smooth_gan.h"

#include "graphs/parts/games.h"
#include "graphs/parts/losses.h"
#include "graphs/parts/networks.h"
#include "graphs/parts/reports.h"

namespace ganflow {
namespace {

// SG-06: Adam 1e-4 (0.5, 0.9), batch 64, weights N(0, 0.01^2), lambda 10, k 10; ten
// samples of a path. gamma 0: WGAN-GP. On MNIST at width 16 the hinge first acts at update
// 435 for k = 0.1, 1,070 for 3 and 1,655 for 10; for 100 not within 2,000.
void smooth_gan(Graph& g, const CriticSteps& n, const NetworkPair& networks, const DataSet& data,
                double gamma) {
  const Players p = players(g, networks, data, data.port, latent(g, "z", 128, "normal"));
  const UpdateRule rule = update_rule(g, {.lr = 1e-4});
  const Phase generator = wasserstein_game(g, p, n, rule, {.generator = {.gamma = gamma, .k = 10}});
  report_images(g, p, generator, every(5000), 10);
  tap_wasserstein(g, p);
}

// the convolutional networks of MNIST.
void mnist(Graph& g, double gamma) {
  const CriticSteps n = training_length(g, {.batch = 64, .steps = 1000000});
  const ImageFamily family = image_family(g, "mnist");
  const DataSet data = add_data(g, g.data("mnist"), family.form());
  const NetworkPair networks =
      image_networks(g, family, data, {.norm = "none", .critic_norm = "none", .init_std = 0.01});
  smooth_gan(g, n, networks, data, gamma);
}

// the ResNet.
void cifar(Graph& g, double gamma) {
  const CriticSteps n = training_length(g, {.batch = 64, .steps = 1000000});
  const ImageFamily family = image_family(g, "resnet");
  const DataSet data = add_data(g, g.data("cifar10"), family.form(true));
  const NetworkPair networks = image_networks(
      g, family, data, {.width = 128, .kernel = 3, .critic_norm = "none", .init_std = 0.01});
  smooth_gan(g, n, networks, data, gamma);
}

// SG-09, R-06: the 64-pixel DCGAN. A folder of faces has no test files: every tenth image is held
// out for measures.
void celeba(Graph& g, double gamma) {
  const CriticSteps n = training_length(g, {.batch = 64, .steps = 1000000});
  const ImageFamily family = image_family(g, "dcgan64");
  DataForm form = family.form();
  form.part = Part::trained;
  const DataSet data = add_data(g, g.data("images"), form);
  const NetworkPair networks =
      image_networks(g, family, data, {.critic_norm = "none", .init_std = 0.01});
  smooth_gan(g, n, networks, data, gamma);
}

}  // namespace

std::vector<NamedGraph> smooth_gan_presets() {
  return {
      {"smooth-mnist", "Smooth GAN on MNIST (Smooth GAN, Fig. 2)", [](Graph& g) { mnist(g, 1); }},
      {"smooth-mnist-wgan-gp", "the same without the generator's penalty",
       [](Graph& g) { mnist(g, 0); }},
      {"smooth-celeba", "Smooth GAN on faces, 64x64, --data images:DIR (Smooth GAN, Fig. 1)",
       [](Graph& g) { celeba(g, 1); }},
      {"smooth-celeba-wgan-gp", "the same without the generator's penalty",
       [](Graph& g) { celeba(g, 0); }},
      {"smooth-cifar", "Smooth GAN on CIFAR-10, ResNet (Smooth GAN, Table 1)",
       [](Graph& g) { cifar(g, 1); }}};
}

}  // namespace ganflow
