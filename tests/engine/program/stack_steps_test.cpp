// Golden structure of whole training steps (notes: products 4L-1 per critic step).
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/program/rewrite.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Golden {
  std::string name;
  Program program, small;
  int traced, simplified, stacked, thin;  // products
};

std::vector<Golden> cases() {
  const auto critic = [](const std::string& name, const StepCase& c, int a, int b, int d, int e) {
    return Golden{name, critic_step(c), critic_step(c.shrunk()), a, b, d, e};
  };
  const auto generator = [](const std::string& name, const StepCase& c, int a, int b, int d,
                            int e) {
    return Golden{name, generator_step(c), generator_step(c.shrunk()), a, b, d, e};
  };
  return {
      critic("thesis", thesis(), 18, 18, 9, 5),
      critic("mnist", mnist(), 29, 29, 14, 11),
      critic("toy", toy(), 40, 40, 19, 13),
      critic("thesis GAN loss", thesis().with(Loss::minimax), 18, 18, 10, 5),
      critic("thesis no penalty", thesis().with(Penalty::none), 12, 12, 7, 3),
      critic("thesis SGP x-hat", thesis().with(Penalty::simple), 18, 18, 9, 5),
      critic("thesis SGP real", thesis().with(Penalty::simple, Where::real), 18, 17, 10, 6),
      critic("mnist SGP fake", mnist().with(Penalty::simple, Where::fake), 29, 27, 14, 11),
      critic("thesis hinge", thesis().with(Penalty::hinge), 18, 18, 9, 5),
      critic("mnist hinge", mnist().with(Penalty::hinge), 29, 29, 14, 11),
      generator("G thesis", thesis(), 9, 9, 9, 6),
      generator("G mnist", mnist(), 14, 14, 14, 12),
      generator("G toy", toy(), 19, 19, 19, 14),
      {"macro thesis", macro_step(thesis(), 5), macro_step(thesis().shrunk(), 5), 99, 99, 44, 26},
      {"macro mnist", macro_step(mnist(), 5), macro_step(mnist().shrunk(), 5), 159, 159, 69, 52},
  };
}

}  // namespace

TEST_SUITE_BEGIN("rewrite");

TEST_CASE("whole steps: products, and the same results as traced") {
  for (const Golden& g : cases()) {
    CAPTURE(g.name);
    const Census traced = census(g.program), live = census(without_dead_code(g.program)),
                 simplified = census(simplify(g.program)), stacked = census(stack(g.program)),
                 final = census(rewrite(g.program));
    MESSAGE(fmt::format(
        "{:18} nodes {} / {} / {} / {} / {}  products {} > {} > {} > {}  ew+red {} > {} > {}",
        g.name, traced.nodes, live.nodes, simplified.nodes, stacked.nodes, final.nodes,
        live.products, simplified.products, stacked.products, final.products,
        live.elementwise + live.reductions, simplified.elementwise + simplified.reductions,
        stacked.elementwise + stacked.reductions));
    CHECK(live.products == g.traced);
    CHECK(simplified.products == g.simplified);
    CHECK(stacked.products == g.stacked);
    CHECK(final.products == g.thin);
    const Tensors in = step_inputs(g.small, 7), expected = evaluate(g.small, in);
    CHECK(relative_distance(evaluate(simplify(g.small), in), expected) <= 1e-12);
    CHECK(relative_distance(evaluate(stack(g.small), in), expected) <= 1e-12);
    CHECK(relative_distance(evaluate(rewrite(g.small), in), expected) <= 1e-12);
  }
}

TEST_SUITE_END();
