#include "graphs/ready.h"

#include "graphs/papers/guide.h"
#include "graphs/papers/lecture.h"
#include "graphs/papers/mu_wgan.h"
#include "graphs/parts/games.h"
#include "graphs/parts/losses.h"
#include "graphs/parts/networks.h"
#include "graphs/parts/penalties.h"
#include "graphs/parts/reports.h"
#include "graphs/quality/classifier.h"
#include "ops/ports.h"

namespace ganflow {
namespace {

// What the graphs over fully connected networks share: one sphere, batch 64, RMSProp.
struct Dense {
  CriticSteps n;
  UpdateRule rule;
  Players p;
};
Dense dense(Graph& g, int n_critic, double lr) {
  Dense d{.n = training_length(g, {.n_critic = n_critic, .countable = true})};
  d.rule = update_rule(g, {.optimizer = "rmsprop", .lr = lr, .l2 = 0});
  const DataSet data = add_data(g, g.data("spheres"));
  const Latent z = latent(g, "noise", 2, "uniform");
  const NetworkPair networks = dense_networks(g, data, z, {.init = d.rule.init});
  d.p = players(g, networks, data, data.port, z, {.order = TraceOrder::as_trained});
  evaluate_data(g, data.name, d.p.generated, 0, every(1000));
  report_samples(g, d.p, d.p.generated, every(5000), every(1000));
  report_paths(g, d.p, d.p.G, every(5000));
  return d;
}

void gan(Graph& g) {
  const Dense d = dense(g, 1, 1e-3);
  adversarial_game(g, d.p, d.n, d.rule);
}

void f_gan(Graph& g) {
  const Dense d = dense(g, 1, 1e-3);
  variational_game(g, d.p, d.n, d.rule);
}

// LE-13; SG-04; target 0: MU-01.
void wasserstein(Graph& g, double lr, const std::string& lipschitz, double target = 1) {
  const Dense d = dense(g, 5, lr);
  const Port loss = wasserstein_critic(g, d.p);
  const CriticBound bound =
      critic_bound(g, d.p, d.rule, {.target = target, .anchor = {0.5}}, lipschitz);
  const Port critic = bound.beside(loss);
  const Port generator = smoothed(g, d.p, wasserstein_generator(g, d.p));
  critic_phase(g, d.p, critic, d.n, bound.rule);
  generator_phase(g, d.p, generator, d.rule);
  tap_wasserstein(g, d.p);
}

}  // namespace

std::vector<NamedGraph> ready_graphs() {
  return {
      {"gan", "minimax critic, non-saturating generator", gan},
      {"f-gan", "the game of an f-divergence, --set divergence=NAME", f_gan},
      {"wgan", "Wasserstein, clipped weights", [](Graph& g) { wasserstein(g, 5e-5, "clip"); }},
      {"wgan-gp", "Wasserstein, 1-centred gradient penalty",
       [](Graph& g) { wasserstein(g, 1e-3, "penalty"); }},
      {"sgp", "Wasserstein, 0-centred penalty where --measure says",
       [](Graph& g) { wasserstein(g, 1e-3, "penalty", 0); }},
      {"dcgan", "adversarial, convolutional networks, the guide's techniques as options",
       [](Graph& g) { guide_gan(g, {}); }},
      {"cdcgan", "the same, conditional on labels",
       [](Graph& g) { guide_gan(g, {.conditional = true}); }},
      {"wgan-gp-conv", "Wasserstein with gradient penalty, layer-norm DCGAN critic",
       [](Graph& g) { guide_wgan(g, "dcgan", false); }},
      {"progressive", "progressive growing, 4 to 32 pixels", [](Graph& g) { progressive(g, {}); }},
      {"wgan-gp-resnet", "Wasserstein with gradient penalty, ResNet",
       [](Graph& g) { cifar_resnet(g, 1); }},
      {"classifier", "classifier of a labelled set, whose features measure samples", classifier}};
}

}  // namespace ganflow
