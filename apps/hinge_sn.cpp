// Hinge loss, a critic with spectral norm and two learning rates (Miyato et al. 2018; Heusel et al.
// 2017; as in SAGAN) on images of one sphere.
//
//   spheres ----------real--> critic_real --+--> hinge --> critic_step      1 x
//   noise --> generate-fake-> critic_fake --+
//   noise2 -> generate2 ----> critic_judge --------------> generator_step   1 x
//
// Run:    build/release/bin/hinge_sn --steps 10000 --set critic_step.lr=4e-4
// Expect: quality.kl falls; spheres, not blots, in the grid.
#include <ganflow/ganflow.h>

using namespace ganflow;

// mean max(0, 1 - D(x)) + mean max(0, 1 + D(G(z)))
struct Hinge {
  Value operator()(Formula&, Value d_real, Value d_fake) const {
    return mean(positive(1.0 - d_real)) + mean(positive(d_fake + 1.0));
  }
};

void compose(Graph& g) {
  g.defaults({.batch = 64, .steps = 10000});
  const SpectralNorm one;
  const Network G = g.network("G", mlp({2, 128, 784}, relu, sigmoid));
  const Network D = g.network("D", layers({Linear{.out = 128, .weight = one}, leaky_relu(0.1),
                                           Linear{.out = 128, .weight = one}, leaky_relu(0.1),
                                           Linear{.out = 1, .weight = one}}));

  const Spheres spheres{};
  const Port real = g.add("spheres", spheres);
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Uniform{.dim = 2}));
  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("hinge", Hinge{}, d_real, d_fake);
  g.phase("critic", 1).minimize("critic_step", loss, D, Adam{.lr = 4e-4, .beta1 = 0, .beta2 = 0.9});

  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Uniform{.dim = 2}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1)
      .minimize("generator_step", -mean(judged), G, Adam{.lr = 1e-4, .beta1 = 0, .beta2 = 0.9});

  g.evaluate("quality", SphereQuality{.spheres = spheres}, fake, every(1000));
  g.sample("samples", fake, {.height = 28, .width = 28}, every(5000));
}

int main(int argc, char** argv) { return run("hinge_sn", compose, argc, argv); }
