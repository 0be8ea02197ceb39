// The papers' experiments on fully connected networks, each a recipe (seeds.md A2, A5).
#include "graphs/image_topology.h"

namespace ganflow {
namespace {

// TH-34: four smooth stages of 2,500 steps, then sharp. Direct training starts at the end.
Schedule sharpness(bool sts) {
  return sts ? steps({{0, 0.0}, {2500, -0.2}, {5000, -0.6}, {7500, -0.8}, {10000, -0.99999}})
             : Schedule(-0.99999);
}
// TH-36: the same stages in blur.
Schedule blur(bool sts) {
  return sts ? steps({{0, 2.0}, {2500, 1.5}, {5000, 1.0}, {7500, 0.5}, {10000, 0.0}}) : Schedule(0);
}

Recipe thesis_28(bool sts) { return {.k = sharpness(sts)}; }
Recipe thesis_28_gan(bool sts) { return {.k = sharpness(sts), .n_critic = 1, .l2 = 1e-4}; }
Recipe thesis_48(bool sts) { return {.data = "spheres:48", .k = sharpness(sts)}; }
Recipe thesis_two(bool sts) {
  return {
      .data = "spheres:two", .latent = 4, .generator = {128}, .critic = {128}, .k = sharpness(sts)};
}
Recipe thesis_mnist(bool sts) {
  return {.data = "mnist",
          .latent = 48,
          .generator = {512, 512},
          .critic = {128, 128},
          .sigma = blur(sts)};
}
Recipe thesis_mnist_gan(bool sts) {
  Recipe r = thesis_mnist(sts);
  r.n_critic = 1;
  r.l2 = 1e-4;
  return r;
}

// MU-09: 2-512-512-512, batch 256, Adam 1e-4, lambda 0.1, lengths in generator iterations.
Recipe toy(const std::string& data, Step generator_steps) {
  return {.data = data,
          .latent = 2,
          .normal_latent = true,
          .generator = {512, 512, 512},
          .critic = {512, 512, 512},
          .optimizer = "adam",
          .lr = 1e-4,
          .lambda = 0.1,
          .anchor = {2, -1},
          .batch = 256,
          .steps = 5 * generator_steps};
}

}  // namespace

std::vector<NamedGraph> presets() {
  std::vector<NamedGraph> list;
  const auto add = [&list](const std::string& name, const std::string& text, auto topology,
                           const Recipe& recipe) {
    list.push_back({name, text, [=](Graph& g) { topology(g, recipe); }});
  };
  // Each image experiment direct and smooth to sharp. The 1-D density has nothing to sharpen.
  const auto add_pair = [&add](const std::string& name, const std::string& text, auto topology,
                               auto recipe) {
    add(name, text + ", direct", topology, recipe(false));
    add(name + "-sts", text + ", smooth to sharp", topology, recipe(true));
  };
  add("thesis-1d", "GAN on a 1-D Gaussian (thesis, Exp 1)", gan,
      {.data = "gaussian1d",
       .latent = 1,
       .generator = {16},
       .critic = {16},
       .n_critic = 1,
       .l2 = 1e-4,
       .steps = 5000,
       .evaluate_every = 500});
  add_pair("thesis-28", "WGAN-GP on one sphere, 28x28 (thesis, Exp 3, 4)", wgan_gp, thesis_28);
  add_pair("thesis-28-gan", "GAN on one sphere, 28x28 (thesis, Exp 3, 4)", gan, thesis_28_gan);
  add_pair("thesis-48", "WGAN-GP on one sphere, 48x48 (thesis, Exp 3, 4)", wgan_gp, thesis_48);
  add_pair("thesis-two", "WGAN-GP on two spheres, 28x28 (thesis, Exp 3, 4)", wgan_gp, thesis_two);
  add_pair("thesis-mnist", "WGAN-GP on MNIST (thesis, Exp 5)", wgan_gp, thesis_mnist);
  add_pair("thesis-mnist-gan", "GAN on MNIST (thesis, Exp 5)", gan, thesis_mnist_gan);
  add("toy-8gaussians", "SGP on a ring of 8 Gaussians (mu-WGAN, Fig. 4)", sgp,
      toy("gaussians8", 30000));
  add("toy-25gaussians", "SGP on a grid of 25 Gaussians (mu-WGAN, Fig. 4)", sgp,
      toy("gaussians25", 200000));
  add("toy-swissroll", "SGP on the Swiss roll (mu-WGAN, Fig. 4)", sgp, toy("swissroll", 100000));
  const std::vector<NamedGraph> images = image_presets();
  list.insert(list.end(), images.begin(), images.end());
  return list;
}

}  // namespace ganflow
