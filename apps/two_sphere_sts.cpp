// Two-sphere WGAN-GP, smooth to sharp (thesis, Exp 4).
//
//   spheres -> sharpen --real--+-> critic_real --+
//                              +-> penalty ------+-> critic_step     5 x
//   noise --> generate --fake--+-> critic_fake --+
//   noise2 -> generate2 -> critic_judge ------------> generator_step  1 x
//
// Run:    build/release/bin/two_sphere_sts --steps 20000
// Expect: quality.kl falls stage by stage to about 0.5; two blurred, then sharp spheres in the
// grid.
#include <ganflow/ganflow.h>

using namespace ganflow;

void compose(Graph& g) {
  const Network G = g.network("G", mlp({4, 128, 784}, relu, sigmoid));
  const Network D = g.network("D", mlp({784, 128, 1}, relu));
  const Spheres spheres{.count = 2, .side = 28, .radius = 4};
  const Scalar k =
      g.scalar("k", steps({{0, 0.0}, {2500, -0.2}, {5000, -0.6}, {7500, -0.8}, {10000, -0.99999}}));

  const Port image = g.add("spheres", spheres);
  const Port real = g.add("sharpen", TunableSigmoid{.k = k}, image);
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Uniform{.dim = 4}));

  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Wasserstein{}, d_real, d_fake);
  const Port gp = g.add("penalty", GradientPenalty{.critic = D, .lambda = 10}, real, fake);
  g.phase("critic", 5).minimize("critic_step", loss + gp, D, RmsProp{.lr = 1e-3});

  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Uniform{.dim = 4}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1).minimize("generator_step", -mean(judged), G, RmsProp{.lr = 1e-3});

  g.tap("wasserstein", mean(d_real) - mean(d_fake));
  g.evaluate("quality", SphereQuality{.spheres = spheres, .k = k}, fake, every(1000));
  g.sample("samples", fake, {.height = 28, .width = 28}, every(5000));
}

int main(int argc, char** argv) { return run("two_sphere_sts", compose, argc, argv); }
