// A user's own graph with a penalty of their own, written with a primitive of their own: the
// one-sided gradient penalty lambda mean max(0, |grad_x D(x)|^2 - 1), at real samples.
#include <ganflow/ganflow.h>

#include "engine/cpu/loops.h"
#include "engine/cpu/table.h"
#include "ops/primitives/elementwise.h"

using namespace ganflow;

// max(0, x - 1)
struct ExcessFormula {
  static constexpr int kOperands = 1;
  template <class T, class A>
  static T f(const T* x, const A&) {
    return x[0] > T(1) ? x[0] - T(1) : T(0);
  }
};
struct Excess : Elementwise<ExcessFormula> {
  Excess() : Elementwise("excess") {}
  Value vjp(const NodeRef& node, int, Value c) const override {
    return select(greater(node.input(0), 1), c, 0.0);
  }
};
const Primitive& excess_primitive() {
  static const Excess primitive;
  return primitive;
}

struct OneSided {
  Network critic;
  Scalar lambda = 10;
  Value operator()(Formula& f, Value real) const {
    const Value slope = gradient(sum(critic(f, real)), real);
    const Value excess = apply(excess_primitive(), {row_sums(square(slope))});
    f.tap("excess", excess);
    return f.scalar("lambda", lambda) * mean(excess);
  }
};

void compose(Graph& g) {
  const Network G = g.network("G", mlp({2, 16, 784}, relu, sigmoid));
  const Network D = g.network("D", mlp({784, 16, 1}, relu));
  const Port real = g.add("spheres", Spheres{});
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Uniform{.dim = 2}));
  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Wasserstein{}, d_real, d_fake);
  const Port penalty = g.add("one_sided", OneSided{.critic = D}, real);
  g.phase("critic", 5).minimize("critic_step", loss + penalty, D, Adam{.lr = 1e-3});
  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Uniform{.dim = 2}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1).minimize("generator_step", -mean(judged), G, Adam{.lr = 1e-3});
  g.evaluate("quality", SphereQuality{.spheres = Spheres{}}, fake, every(1000));
  g.sample("samples", fake, {.height = 28, .width = 28}, every(1000));
}

int main(int argc, char** argv) {
  // Optional: without it the CPU runs the plain loop over the formula.
  cpu::register_kernels(excess_primitive(), {.loop = cpu::formula_loop<ExcessFormula>()});
  return run("lipschitz", compose, argc, argv);
}
