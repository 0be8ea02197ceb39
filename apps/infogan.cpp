// InfoGAN on MNIST (Chen et al. 2016): a code of ten classes and two directions that the generator
// must make visible, since a head on the critic's trunk has to read it back.
//
//   mnist -------------------------------real--> trunk_real -> critic_real --+
//   noise, code, style -> z --> generate-fake--> trunk_fake +> critic_fake --+-> loss --+
//                                                           +> head --> information ----+->
//                                                           critic_step
//   noise2, code2, style2 -> z2 -> generate2 -> trunk_judge +> critic_judge -> fools ---+
//                                                           +> head2 -> information2 ---+->
//                                                           generator_step
//
// Run:    build/release/bin/infogan --data mnist:DIR
// Expect: information.categorical falls from log 10 = 2.3 nats to below 0.1; each row of the grid
//         is one class of digits.
#include <ganflow/ganflow.h>

using namespace ganflow;

// Minus the lower bound of I(c; G(z, c)), up to a constant: cross-entropy of the class, squared
// error of the directions (a Gaussian of variance 1).
struct Information {
  Extent classes = 10;
  Scalar lambda = 1, directions = 0.1;
  // head (N,K+S), code (N,K), style (N,S) -> ()
  Value operator()(Formula& f, Value head, Value code, Value style) const {
    const Value logits = slice(head, 1, 0, classes);
    const Value centre = slice(head, 1, classes, head.shape()[1]);
    const Value categorical = -mean(row_sums(code * log_softmax(logits, 1)));
    const Value continuous = 0.5 * mean(row_sums(square(style - centre)));
    f.tap("categorical", categorical, {.unit = "nat", .description = "cross-entropy of the class"});
    f.tap("continuous", continuous, {.description = "half the squared error of the directions"});
    return f.scalar("lambda", lambda, at_least(0)) * categorical +
           f.scalar("directions", directions, at_least(0)) * continuous;
  }
};

void compose(Graph& g) {
  g.defaults({.batch = 64, .steps = 20000});
  const Extent classes = 10, styles = 2;
  const DataSet data = add_data(g, g.data("mnist"));
  const Extent pixels = data.port.shape()[1];
  const Network G =
      g.network("G", layers({Linear{.out = 256}, BatchNorm{}, relu, Linear{.out = 256}, BatchNorm{},
                             relu, Linear{.out = pixels}, sigmoid}));
  const Network trunk = g.network(
      "trunk", layers({Linear{.out = 256}, leaky_relu(0.1), Linear{.out = 128}, leaky_relu(0.1)}));
  const Network D = g.network("D", layers({Linear{.out = 1}}));
  const Network Q =
      g.network("Q", layers({Linear{.out = 64}, leaky_relu(0.1), Linear{.out = classes + styles}}));

  struct Latent {
    Port z, code, style;
  };
  const auto latent = [&](const std::string& at) {
    const Port noise = g.add("noise" + at, Normal{.dim = 62});
    const Port code = g.add("code" + at, OneHot{classes}, g.add("class" + at, Labels{classes}));
    const Port style = g.add("style" + at, Uniform{.dim = styles});
    return Latent{g.add("z" + at, Concat{}, noise, code, style), code, style};
  };

  const Latent l = latent("");
  const Port fake = g.add("generate", Forward{G}, l.z);
  const Port seen = g.add("trunk_fake", Forward{trunk}, fake);
  const Port d_real =
      g.add("critic_real", Forward{D}, g.add("trunk_real", Forward{trunk}, data.port));
  const Port d_fake = g.add("critic_fake", Forward{D}, seen);
  const Port loss = g.add("loss", Adversarial{}, d_real, d_fake);
  const Port information =
      g.add("information", Information{}, g.add("head", Forward{Q}, seen), l.code, l.style);
  g.phase("critic", 1)
      .minimize("critic_step", loss + information, {trunk, D, Q},
                Adam{.lr = 2e-4, .beta1 = 0.5, .beta2 = 0.999});

  const Latent l2 = latent("2");
  const Port fresh = g.add("generate2", Forward{G}, l2.z);
  const Port seen2 = g.add("trunk_judge", Forward{trunk}, fresh);
  const Port fools = g.add("fools", NonSaturating{}, g.add("critic_judge", Forward{D}, seen2));
  const Port information2 =
      g.add("information2", Information{}, g.add("head2", Forward{Q}, seen2), l2.code, l2.style);
  g.phase("generator", 1)
      .minimize("generator_step", fools + information2, G,
                Adam{.lr = 1e-3, .beta1 = 0.5, .beta2 = 0.999});

  // A row of ten samples a class.
  const Port shown = g.add("shown_class", Labels{.classes = classes, .each = 10});
  const Port z3 =
      g.add("z3", Concat{}, g.add("noise3", Normal{.dim = 62}),
            g.add("shown_code", OneHot{classes}, shown), g.add("style3", Uniform{.dim = styles}));
  Picture grid = data.picture;
  grid.columns = 10;
  g.sample("samples", g.add("sample", Forward{G}, z3), grid, every(2000), 100);
}

int main(int argc, char** argv) { return run("infogan", compose, argc, argv); }
