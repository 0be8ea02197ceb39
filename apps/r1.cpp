// R1 (Mescheder et al. 2018) on a ring of 8 Gaussians, two topologies: the penalty in every critic
// step, and every 16 steps (StyleGAN2, appendix B) as a phase of its own, 16 times as strong, that
// shares the critic's Adam.
//
//   gaussians8 --------real--> critic_real --+--> loss --> critic_step       1 x
//   noise --> generate-fake--> critic_fake --+
//   gaussians8_2 -----real---> r1 ----------------------> r1_step            1 x in 16
//   noise2 -> generate2 -----> critic_judge ------------> generator_step     1 x
//
// Lazily Adam sees 17 steps in place of 16: lr c, beta^c with c = 16/17.
//
// Run:    build/release/bin/r1 lazy --steps 5000      (r1 every, r1 list)
// Expect: quality.modes reaches 8 with both.
#include <ganflow/ganflow.h>

#include <cmath>

using namespace ganflow;

constexpr double kGamma = 1;  // gamma / 2 E |grad D(x)|^2

struct Game {
  Network G, D;
  Port real, loss;
  explicit Game(Graph& g)
      : G(g.network("G", mlp({2, 128, 128, 2}, relu))),
        D(g.network("D", mlp({2, 128, 128, 1}, leaky_relu(0.2)))) {
    real = g.add("gaussians8", Gaussians8{});
    const Port fake = g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 2}));
    const Port d_real = g.add("critic_real", Forward{D}, real);
    const Port d_fake = g.add("critic_fake", Forward{D}, fake);
    loss = g.add("loss", Adversarial{}, d_real, d_fake);
    g.evaluate("quality", ModeCoverage{}, fake, every(1000));
    g.sample("samples", fake, {.channels = 0, .lo = -2, .hi = 2}, every(5000), 1000);
  }
  GradientPenalty penalty(double lambda) const {
    return {.critic = D, .lambda = lambda, .target = 0, .measure = measure::real};
  }
  void generator(Graph& g) const {
    const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Normal{.dim = 2}));
    const Port judged = g.add("critic_judge", Forward{D}, fresh);
    const Port fools = g.add("generator_loss", NonSaturating{}, judged);
    g.phase("generator", 1)
        .minimize("generator_step", fools, G, Adam{.lr = 1e-3, .beta1 = 0, .beta2 = 0.99});
  }
};

void in_every_step(Graph& g) {
  g.defaults({.batch = 128, .steps = 10000});
  const Game game(g);
  const Port r1 = g.add("r1", game.penalty(kGamma / 2), game.real, game.real);
  const Adam adam{.lr = 1e-3, .beta1 = 0, .beta2 = 0.99};
  g.phase("critic", 1).minimize("critic_step", game.loss + r1, game.D, adam);
  game.generator(g);
}

void lazily(Graph& g) {
  g.defaults({.batch = 128, .steps = 10000});
  const int interval =
      g.option(Option<int>{"interval", 16, at_least(1), "critic steps between two of the penalty"});
  const Game game(g);
  const double c = interval / (interval + 1.0);
  const Optimizer adam =
      shared("critic_adam", Adam{.lr = 1e-3 * c, .beta1 = 0, .beta2 = std::pow(0.99, c)});
  g.phase("critic", 1).minimize("critic_step", game.loss, game.D, adam);

  const Count rarely{"1 in " + std::to_string(interval),
                     [=](std::uint64_t macro) { return macro % interval == 0 ? 1 : 0; }, 1};
  const Port real = g.add("gaussians8_2", Gaussians8{});
  const Port r1 = g.add("r1", game.penalty(interval * kGamma / 2), real, real);
  g.phase("r1", rarely).minimize("r1_step", r1, game.D, adam);
  game.generator(g);
}

int main(int argc, char** argv) {
  return run("r1",
             {{"lazy", "R1 every 16 critic steps", lazily},
              {"every", "R1 in every critic step", in_every_step}},
             argc, argv);
}
