// A primitive of one's own: y = x^2 where |x| <= 1, 2 |x| - 1 beyond: Huber's function.
#include <ganflow/ganflow.h>

#include "ops/primitives/elementwise.h"

using namespace ganflow;

// Only for what the vocabulary cannot say well: a formula of it needs no rule, and its derivatives
// come by themselves. The number of one element, in any type T.
struct HuberFormula {
  static constexpr int kOperands = 1;
  template <class T, class A>
  static T f(const T* x, const A&) {
    const T size = x[0] < 0 ? -x[0] : x[0];
    return size <= 1 ? size * size : 2 * size - 1;
  }
};
// The rule: its derivative as more of the program, so that it can be differentiated again. `c` is
// d loss / dy. On a GPU a formula that lies in a header of its own runs; this one on the CPU.
struct Huber : Elementwise<HuberFormula> {
  Huber() : Elementwise("huber") {}
  Value vjp(const NodeRef& node, int, Value c) const override {
    const Value x = node.input(0);
    return c * select(greater(abs(x), 1.0), 2.0 * sign(x), 2.0 * x);
  }
};
Value huber(Value x) {
  static const Huber primitive;
  return apply(primitive, {x});
}

void compose(Graph& g) {
  const Network D = g.network("D", mlp({2, 16, 1}, relu));
  const Port score = g.add("score", Forward{D}, g.add("data", Gaussians8{}));
  const auto to_one = [](Formula&, Value d) { return mean(huber(d - 1.0)); };
  g.phase("fit", 1).minimize("fit_step", g.add("loss", to_one, score), D, Adam{});
}

int main(int argc, char** argv) { return run("primitive", compose, argc, argv); }
