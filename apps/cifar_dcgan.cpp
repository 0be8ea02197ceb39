// DCGAN on CIFAR-10 (guide, 3.4), with one-sided label smoothing and an average of the generator.
//
//   cifar10 ---------real--> critic_real --+--> loss --> critic_step            1 x
//   noise --> generate-fake--> critic_fake --+
//   noise2 -> generate2 -----> critic_judge -----> generator_step, average      1 x
//   noise3 -> generate_average (every Variable of G averaged) --> samples
//
// Run:    build/release/bin/cifar_dcgan --data cifar10:DIR      (DIR: data_batch_1.bin[.gz] ...)
// Expect: coloured blobs after an epoch (390 steps), objects one can name after some forty.
#include <ganflow/ganflow.h>

using namespace ganflow;

void compose(Graph& g) {
  g.defaults({.batch = 128, .steps = 39000});
  const Network G =
      g.network("G", layers({Linear{.out = 4096}, Unflatten{{256, 4, 4}}, BatchNorm{}, relu,
                             Deconv{.channels = 256, .kernel = 5}, BatchNorm{}, relu,  // 8 x 8
                             Deconv{.channels = 128, .kernel = 5}, BatchNorm{}, relu,  // 16 x 16
                             Deconv{.channels = 64, .kernel = 5}, BatchNorm{}, relu,   // 32 x 32
                             Conv{.channels = 3, .kernel = 5}, tanh}));
  const Network D = g.network(
      "D", layers({Conv{.channels = 64, .kernel = 5, .stride = 2}, BatchNorm{}, leaky_relu(0.2),
                   Conv{.channels = 128, .kernel = 5, .stride = 2}, BatchNorm{}, leaky_relu(0.2),
                   Conv{.channels = 256, .kernel = 5, .stride = 2}, BatchNorm{}, leaky_relu(0.2),
                   Conv{.channels = 1, .kernel = 4, .padding = Padding::valid}, flatten}));
  const Optimizer adam = Adam{.lr = 2e-4, .beta1 = 0.5, .beta2 = 0.9};

  const DataSet data =
      add_data(g, g.data("cifar10"), {.planes = true, .range = PixelRange::symmetric, .side = 32});
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 100}));
  const Port d_real = g.add("critic_real", Forward{D}, data.port);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Adversarial{.real_target = 0.9}, d_real, d_fake);
  g.phase("critic", 1).minimize("critic_step", loss, D, adam);

  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Normal{.dim = 100}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1)
      .minimize("generator_step", g.add("generator_loss", NonSaturating{}, judged), G, adam)
      .also(g.add("average", Average{.network = G, .decay = 0.999}));

  const Port noise = g.add("noise3", Normal{.dim = 100});
  g.sample("samples", g.add("generate_average", Forward{averaged(G)}, noise), data.picture,
           every(390));
}

int main(int argc, char** argv) { return run("cifar_dcgan", compose, argc, argv); }
