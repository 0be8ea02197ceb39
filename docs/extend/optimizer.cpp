// An optimizer of one's own: signs of a running mean of gradients (Lion, Chen et al. 2023).
#include <ganflow/ganflow.h>

using namespace ganflow;

// theta <- theta - lr sign(beta1 m + (1 - beta1) g);  m <- beta2 m + (1 - beta2) g
struct Lion {
  Scalar lr = 1e-4;  // >= 0, may follow a schedule
  double beta1 = 0.9, beta2 = 0.99;

  // The next value of one parameter; state is declared below the parameter's name.
  Value operator()(Formula& f, const std::string& name, Value parameter, Value gradient) const {
    const Value m = f.variable(name + "/avg", parameter.shape(), Keep::state, init::constant(0));
    f.assign(m, m * beta2 + gradient * (1 - beta2));
    const Value direction = sign(m * beta1 + gradient * (1 - beta1));
    return parameter - f.scalar("lr", lr, at_least(0), "learning rate") * direction;
  }
};

void compose(Graph& g) {
  const Network D = g.network("D", mlp({2, 16, 1}, relu));
  const Port score = g.add("score", Forward{D}, g.add("data", Gaussians8{}));
  const auto to_one = [](Formula&, Value d) { return mean(square(d - 1.0)); };
  g.phase("fit", 1).minimize("fit_step", g.add("loss", to_one, score), D, Lion{.lr = 1e-3});
}

int main(int argc, char** argv) { return run("optimizer", compose, argc, argv); }
