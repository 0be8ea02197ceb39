#include "graphs/papers/smooth_gan_baselines.h"

#include "graphs/networks/autoencoder.h"
#include "graphs/networks/dcgan.h"
#include "graphs/parts/networks.h"
#include "graphs/parts/phases.h"
#include "graphs/parts/reports.h"
#include "ops/layers/forward.h"
#include "ops/losses/boundary_equilibrium.h"
#include "ops/losses/two_critics.h"

namespace ganflow {
namespace {

//   real, restored real ----+
//   fake, restored fake ----+-> loss -> critic_step            1 x
//   fresh, restored fresh --> generator_loss -> generator_step  1 x
//
// gamma 0.5, k's rate 1e-3, Adam 1e-4 (0.5, 0.999), z uniform of 64; no norms. Its own networks
// have convolutions of 3 x 3 and ELU.
void began(Graph& g) {
  const CriticSteps n = training_length(g, {.batch = 64, .steps = 1000000, .n_critic = 1});
  const ImageFamily family{
      .name = "autoencoder", .any_size = true, .generator = dcgan_generator, .critic = autoencoder};
  const DataSet data = add_data(g, g.data("cifar10"), family.form());
  const NetworkPair networks =
      image_networks(g, family, data, {.kernel = 3, .norm = "none", .critic_norm = "none"});
  const Players p = players(g, networks, data, data.port, latent(g, "z", 64, "uniform"));
  require_fixed(p.adapt);
  const UpdateRule rule = update_rule(g, {.lr = 1e-4, .beta2 = 0.999});
  const BoundaryEquilibrium equilibrium{.gamma = g.scalar("gamma", 0.5),
                                        .rate = g.scalar("k.rate", 1e-3)};
  critic_phase(g, p, g.add("loss", equilibrium, p.real, p.d_real, p.fake, p.d_fake), n, rule);
  const Port restored = g.add("generator_loss", Reconstruction{}, p.fresh, p.judge(g));
  report_images(g, p, generator_phase(g, p, restored, rule), every(5000));
}

//   real, fake -> critic_real, critic_fake, rewards_real, rewards_fake -> loss -> critic_step  1 x
//   fresh ------> critic_judge, rewards_judge -> generator_loss -> generator_step              1 x
//
// alpha 0.2, beta 0.1, Adam 2e-4 (0.5, 0.999).
void d2gan(Graph& g) {
  const CriticSteps n = training_length(g, {.batch = 64, .steps = 1000000, .n_critic = 1});
  const ImageFamily family = image_family(g, "dcgan");
  const DataSet data = add_data(g, g.data("cifar10"), family.form());
  const NetworkPair networks = image_networks(g, family, data);
  const Network other = g.network("D2", networks.D.forward());
  const Players p = players(g, networks, data, data.port, latent(g, "z", 100, "normal"));
  const UpdateRule rule = update_rule(g, {.lr = 2e-4, .beta2 = 0.999});
  const auto rewards = [&](const char* node, Port x) { return g.add(node, Forward{other}, x); };
  const Scalar beta = g.scalar("beta", 0.1);
  const TwoCritics both{.alpha = g.scalar("alpha", 0.2), .beta = beta};
  const Port loss = g.add("loss", both, p.d_real, p.d_fake, rewards("rewards_real", p.real),
                          rewards("rewards_fake", p.fake));
  critic_phase(g, p, loss, n, rule, {other});
  const Port judged = g.add("generator_loss", TwoCriticsGenerator{beta}, p.judge(g),
                            rewards("rewards_judge", p.fresh));
  report_images(g, p, generator_phase(g, p, judged, rule), every(5000));
}

}  // namespace

std::vector<NamedGraph> smooth_gan_baselines() {
  return {{"smooth-cifar-began", "BEGAN on CIFAR-10, a baseline (Smooth GAN, Table 1)", began},
          {"smooth-cifar-d2gan", "D2GAN on CIFAR-10, a baseline (Smooth GAN, Table 1)", d2gan}};
}

}  // namespace ganflow
