// A layer of one's own: y = x + scale tanh(x w), with a parameter a feature.
#include <ganflow/ganflow.h>

using namespace ganflow;

// A struct of options with operator()(Formula&, Value). One with Variables has a kind, by which
// layers() names them: "D/skip1/w", "D/skip2/w".
struct Skip {
  static constexpr const char* kKind = "skip";
  Initializer scale = init::constant(0.1);

  // x (N,F) -> (N,F). Parameters "w" (F,F), "scale" (F).
  Value operator()(Formula& f, Value x) const {
    const Extent features = x.shape()[1];
    const Value w = f.variable("w", {features, features}, Keep::parameter, init::normal(0.1));
    const Value s = f.variable("scale", {features}, Keep::parameter, scale);
    return x + s * tanh(matmul(x, w));
  }
};

void compose(Graph& g) {
  const Network D =
      g.network("D", layers({Linear{.out = 16}, Skip{}, Skip{.scale = init::normal(0.02, 1)}, relu,
                             Linear{.out = 1}}));
  const Port score = g.add("score", Forward{D}, g.add("data", Gaussians8{}));
  const auto to_one = [](Formula&, Value d) { return mean(square(d - 1.0)); };
  g.phase("fit", 1).minimize("fit_step", g.add("loss", to_one, score), D, Adam{.lr = 1e-2});
}

int main(int argc, char** argv) { return run("layer", compose, argc, argv); }
