// Smooth GAN on MNIST: WGAN-GP with a bound on the generator's slope (Smooth GAN, Algorithm 1).
//
//   mnist -----------real--+-> critic_real --+
//                          +-> penalty ------+-> critic_step                5 x
//   z --> generate --fake--+-> critic_fake --+
//   z2 -> generate2 -+-> critic_judge --+
//                    +-> smooth --------+----> generator_step               1 x
//
// smooth: mean max(0, sigma_max(dG/dz)^2 - k), by power iteration for each sample.
//
// Run:    build/release/bin/smooth_gan --data mnist:DIR --steps 3000
// Expect: readable digits; smooth.jacobian stays near k or below it.
#include <ganflow/ganflow.h>

using namespace ganflow;

void compose(Graph& g) {
  g.defaults({.batch = 64, .steps = 20000});
  const ImageNetwork digits{.width = 64, .channels = 1, .norm = {}};
  const Network G = g.network("G", mnist_generator(digits));
  const Network D = g.network("D", mnist_critic(digits));
  const Optimizer adam = Adam{.lr = 1e-4, .beta1 = 0.5, .beta2 = 0.9};

  const DataSet data = add_data(g, g.data("mnist"), {.planes = true, .side = 28});
  const Port real = data.port;
  const Port fake = g.add("generate", Forward{G}, g.add("z", Normal{.dim = 128}));
  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Wasserstein{}, d_real, d_fake);
  const Port gp = g.add("penalty", GradientPenalty{.critic = D, .lambda = 10}, real, fake);
  g.phase("critic", 5).minimize("critic_step", loss + gp, D, adam);

  const Port z = g.add("z2", Normal{.dim = 128});
  const Port fresh = g.add("generate2", Forward{G}, z);
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  const Port smooth = g.add("smooth", SmoothPenalty{.gamma = 1, .k = 10}, fresh, z);
  g.phase("generator", 1).minimize("generator_step", -mean(judged) + smooth, G, adam);

  g.tap("wasserstein", mean(d_real) - mean(d_fake));
  g.sample("samples", fake, data.picture, every(500));
  g.evaluate("quality", ImageQuality{.real = data.port.source(), .picture = data.picture}, fake,
             every(500));
}

int main(int argc, char** argv) { return run("smooth_gan", compose, argc, argv); }
