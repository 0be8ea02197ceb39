// A ring of 8 Gaussians with the simple gradient penalty (mu-WGAN, Fig. 4).
//
//   gaussians8 ----------real--+-> critic_real --+
//                              +-> penalty ------+-> critic_step     5 x
//   noise --> generate --fake--+-> critic_fake --+
//   noise2 -> generate2 -> critic_judge ------------> generator_step  1 x
//
// Run:    build/release/bin/gaussians_sgp --steps 15000 --measure midpoint
// Expect: quality.modes reaches 8.
#include <ganflow/ganflow.h>

using namespace ganflow;

void compose(Graph& g) {
  g.defaults({.batch = 256, .steps = 15000});
  const Network G = g.network("G", mlp({2, 512, 512, 512, 2}, relu));
  const Network D = g.network("D", mlp({2, 512, 512, 512, 1}, relu));
  const Optimizer adam = Adam{.lr = 1e-4, .beta1 = 0.5, .beta2 = 0.9};
  const Measure mu = g.option(Choice<Measure>{
      "measure", "interpolated", measure::all(init::values({2, -1})), "where the penalty looks"});

  const Port real = g.add("gaussians8", Gaussians8{});
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 2}));

  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Wasserstein{}, d_real, d_fake);
  const GradientPenalty simple{.critic = D, .lambda = 0.1, .target = 0, .measure = mu};
  const Port gp = g.add("penalty", simple, real, fake);
  g.phase("critic", 5).minimize("critic_step", loss + gp, D, adam);

  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Normal{.dim = 2}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1).minimize("generator_step", -mean(judged), G, adam);

  g.tap("wasserstein", mean(d_real) - mean(d_fake));
  g.evaluate("quality", ModeCoverage{}, fake, every(1000));
  g.sample("samples", fake, {.channels = 0, .lo = -2, .hi = 2}, every(5000), 1000);
}

int main(int argc, char** argv) { return run("gaussians_sgp", compose, argc, argv); }
