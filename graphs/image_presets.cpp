// The papers' experiments on convolutional networks, each a recipe (seeds.md A1, A3, A5). Lengths
// are critic updates.
#include "graphs/image_topology.h"

namespace ganflow {
namespace {

// GU 4: batch 128, 390 steps an epoch, 100 epochs.
ImageRecipe guide(bool conditional) {
  ImageRecipe r;
  r.conditional = conditional;
  return r;
}

// GU 5.2: layer norm in the critic, label planes, k = 5 (GU-18, GU-20, GU-21).
ImageRecipe guide_wgan(const std::string& network, bool conditional) {
  ImageRecipe r = guide(conditional);
  r.network = network;
  r.critic_norm = "layer";
  r.n_critic = 5;
  r.batch = 64;
  r.steps = 78000;
  return r;
}

// MU-11: 200,000 generator iterations.
ImageRecipe mu_dcgan() {
  return {.network = "mu",
          .width = 128,
          .latent = 128,
          .critic_norm = "none",
          .n_critic = 5,
          .lr = 1e-4,
          .batch = 64,
          .steps = 1000000,
          .sample_every = 5000};
}

// MU-12, R-59.
ImageRecipe mu_resnet() {
  return {.network = "resnet",
          .width = 128,
          .kernel = 3,
          .latent = 128,
          .critic_norm = "none",
          .n_critic = 5,
          .beta1 = 0,
          .linear_decay = true,
          .generator_batches = 2,
          .dequantise = true,
          .batch = 64,
          .steps = 1000000,
          .sample_every = 5000};
}

// MU-10, R-06.
ImageRecipe mnist() {
  return {.data = "mnist",
          .network = "mnist",
          .latent = 128,
          .norm = "none",
          .critic_norm = "none",
          .n_critic = 5,
          .lr = 1e-4,
          .batch = 50,
          .steps = 1000000,
          .sample_every = 5000};
}

ImageRecipe simple(ImageRecipe r) {
  r.target = 0;
  return r;
}

// SG-06: init N(0, 0.01^2), batch 64; R-08: ten images of a path.
ImageRecipe smooth_gan(ImageRecipe r, double gamma) {
  r.smooth = gamma;
  r.init_std = 0.01;
  r.lr = 1e-4;
  r.beta1 = 0.5;
  r.batch = 64;
  r.linear_decay = false;
  r.generator_batches = 1;
  r.frames = 10;
  return r;
}

}  // namespace

std::vector<NamedGraph> image_graphs() {
  const auto with = [](void (*topology)(Graph&, const ImageRecipe&), const ImageRecipe& r) {
    return [=](Graph& g) { topology(g, r); };
  };
  return {
      {"dcgan", "adversarial, convolutional networks, the guide's techniques as options",
       with(dcgan, guide(false))},
      {"cdcgan", "the same, conditional on labels", with(dcgan, guide(true))},
      {"wgan-gp-conv", "Wasserstein with gradient penalty, layer-norm DCGAN critic",
       with(wgan_gp_images, guide_wgan("dcgan", false))},
      {"progressive", "progressive growing, 4 to 32 pixels", [](Graph& g) { progressive(g, {}); }},
      {"wgan-gp-resnet", "Wasserstein with gradient penalty, ResNet",
       with(wgan_gp_images, mu_resnet())}};
}

std::vector<NamedGraph> image_presets() {
  std::vector<NamedGraph> list;
  const auto add = [&list](const std::string& name, const std::string& text, auto topology,
                           const ImageRecipe& recipe) {
    list.push_back({name, text, [=](Graph& g) { topology(g, recipe); }});
  };
  ImageRecipe pooling = guide(false), after = guide(false), smoothed = guide(true);
  pooling.network = "pooling";
  after.norm_after_activation = true;
  smoothed.real_target = 0.9;
  add("guide-gan", "GAN with pooling and upsampling on CIFAR-10 (guide, 3.3)", dcgan, pooling);
  add("guide-dcgan", "DCGAN on CIFAR-10 (guide, 3.4)", dcgan, guide(false));
  add("guide-dcgan-notebook", "the same, norm behind the activation as in the notebook", dcgan,
      after);
  add("guide-cdcgan", "conditional DCGAN on CIFAR-10 (guide, 3.5)", dcgan, guide(true));
  add("guide-cdcgan-smoothed", "the same with one-sided label smoothing (guide, 4)", dcgan,
      smoothed);
  add("guide-wgan", "conditional WGAN-GP on CIFAR-10 as in the text (guide, 5)", wgan_gp_images,
      guide_wgan("dcgan", true));
  add("guide-wgan-notebook", "the same, generator as in the notebook", wgan_gp_images,
      guide_wgan("notebook", true));
  add("mu-cifar", "WGAN-GP on CIFAR-10, DCGAN networks (mu-WGAN, Fig. 6)", wgan_gp_images,
      mu_dcgan());
  add("mu-cifar-sgp", "the same, simple penalty (--measure)", wgan_gp_images, simple(mu_dcgan()));
  add("mu-cifar-resnet", "WGAN-GP on CIFAR-10, ResNet (mu-WGAN, Fig. 7)", wgan_gp_images,
      mu_resnet());
  add("mu-cifar-resnet-sgp", "the same, simple penalty (--measure)", wgan_gp_images,
      simple(mu_resnet()));
  add("mu-mnist", "WGAN-GP on MNIST, convolutional (mu-WGAN, Fig. 5)", wgan_gp_images, mnist());
  add("mu-mnist-sgp", "the same, simple penalty (--measure)", wgan_gp_images, simple(mnist()));
  add("smooth-mnist", "Smooth GAN on MNIST (Smooth GAN, Fig. 2)", wgan_gp_images,
      smooth_gan(mnist(), 1));
  add("smooth-mnist-wgan-gp", "the same without the generator's penalty", wgan_gp_images,
      smooth_gan(mnist(), 0));
  add("smooth-cifar", "Smooth GAN on CIFAR-10, ResNet (Smooth GAN, Table 1)", wgan_gp_images,
      smooth_gan(mu_resnet(), 1));
  list.push_back(
      {"progressive-small", "progressive growing on CIFAR-10 at small widths",
       [](Graph& g) { progressive(g, {.width = 32, .latent = 64, .stage_iterations = 1000}); }});
  return list;
}

}  // namespace ganflow
