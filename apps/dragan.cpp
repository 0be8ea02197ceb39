// DRAGAN on a ring of 8 Gaussians (Kodali et al. 2017): a GAN whose critic has slope 1 around the
// data, at x + 0.5 std(x) u.
//
//   gaussians8 ----------real--+-> critic_real --+
//                              +-> penalty ------+-> critic_step     1 x
//   noise --> generate --fake----> critic_fake --+
//   noise2 -> generate2 -> critic_judge ------------> generator_step  1 x
//
// Run:    build/release/bin/dragan --steps 5000
// Expect: quality.modes reaches 8; penalty.gradient_norm stays near 1.
#include <ganflow/ganflow.h>

using namespace ganflow;

void compose(Graph& g) {
  g.defaults({.batch = 128, .steps = 10000});
  const Network G = g.network("G", mlp({2, 128, 128, 2}, relu));
  const Network D = g.network("D", mlp({2, 128, 128, 1}, relu));
  const Optimizer adam = Adam{.lr = 1e-3, .beta1 = 0, .beta2 = 0.99};

  const Port real = g.add("gaussians8", Gaussians8{});
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 2}));
  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Adversarial{}, d_real, d_fake);
  const GradientPenalty around{.critic = D, .lambda = 1, .measure = measure::dragan};
  const Port penalty = g.add("penalty", around, real, fake);
  g.phase("critic", 1).minimize("critic_step", loss + penalty, D, adam);

  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Normal{.dim = 2}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  const Port generator = g.add("generator_loss", NonSaturating{}, judged);
  g.phase("generator", 1).minimize("generator_step", generator, G, adam);

  g.evaluate("quality", ModeCoverage{}, fake, every(1000));
  g.sample("samples", fake, {.channels = 0, .lo = -2, .hi = 2}, every(5000), 1000);
}

int main(int argc, char** argv) { return run("dragan", compose, argc, argv); }
