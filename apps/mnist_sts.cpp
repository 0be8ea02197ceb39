// WGAN-GP on MNIST, from blurred to sharp digits (thesis, Exp 5).
//
//   mnist --> sharpen ---real--+-> critic_real --+
//                              +-> penalty ------+-> critic_step     5 x
//   noise --> generate --fake--+-> critic_fake --+
//   noise2 -> generate2 -> critic_judge ------------> generator_step  1 x
//
// Run:    build/release/bin/mnist_sts --data mnist:DIR     (DIR holds train-images-idx3-ubyte[.gz])
// Expect: a grid of readable digits after 20,000 critic updates.
#include <ganflow/ganflow.h>

using namespace ganflow;

void compose(Graph& g) {
  const Network G = g.network("G", mlp({48, 512, 512, 784}, relu, sigmoid));
  const Network D = g.network("D", mlp({784, 128, 128, 1}, relu));
  const Schedule sigma = steps({{0, 2.0}, {2500, 1.5}, {5000, 1.0}, {7500, 0.5}, {10000, 0.0}});

  const DataSet digits = add_data(g, g.data("mnist"));
  const Port real = g.add("sharpen", GaussianBlur{.sigma = sigma, .side = 28}, digits.port);
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Uniform{.dim = 48}));

  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Wasserstein{}, d_real, d_fake);
  const Port gp = g.add("penalty", GradientPenalty{.critic = D, .lambda = 10}, real, fake);
  g.phase("critic", 5).minimize("critic_step", loss + gp, D, RmsProp{.lr = 1e-3});

  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Uniform{.dim = 48}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1).minimize("generator_step", -mean(judged), G, RmsProp{.lr = 1e-3});

  g.tap("wasserstein", mean(d_real) - mean(d_fake));
  g.sample("samples", fake, digits.picture, every(2500));
}

int main(int argc, char** argv) { return run("mnist_sts", compose, argc, argv); }
