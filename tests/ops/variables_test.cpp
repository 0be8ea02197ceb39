// What Variables and assign are for, each as a formula of a few lines: running moments, an
// exponential moving average of a network's parameters, a ring buffer.
#include <doctest/doctest.h>

#include <array>

#include "engine/program/affine.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/layers/initializers.h"
#include "ops/layers/mlp.h"
#include "ops/optimizers/sgd.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

TEST_CASE("running moments: count, mean and sum of squares over steps") {
  TestFormula f(1);
  const Value x = f.input("x", {});
  const auto state = [&](const char* name) {
    return f.variable(name, {}, Keep::state, init::constant(0));
  };
  const Value count = state("count"), mean = state("mean"), squares = state("squares");
  const Value n = count + 1.0;
  const Value delta = x - mean;  // Welford: all reads see the values of the step's begin
  f.assign(count, n);
  f.assign(mean, mean + delta / n);
  f.assign(squares, squares + delta * delta * (n - 1.0) / n);
  for (double v : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) f.run({{"x", {v}}});
  CHECK(f.state().at("count")[0] == 8);
  CHECK(f.state().at("mean")[0] == doctest::Approx(5));
  CHECK(f.state().at("squares")[0] == doctest::Approx(32));
}

TEST_CASE("a moving average of a network's parameters sees the parameters of the step's begin") {
  TestFormula f(1, "step");
  const Network d("D", mlp({1, 1}, {}));
  const Value loss = sum(d(f, f.input("x", {1, 1})));
  f.minimize(loss, "D/", Sgd{.lr = 1});  // w <- w - x
  const Value w = variable(f.builder(), "D/0/w", {{1, 1}});
  const Value ema = f.variable("ema/D/0/w", {1, 1}, Keep::state, init::constant(0));
  f.assign(ema, affine(ema, 0.5, 0) + affine(w, 0.5, 0));
  f.state()["D/0/w"] = {8};
  f.run({{"x", {2}}});
  CHECK(f.state().at("D/0/w")[0] == 6);
  CHECK(f.state().at("ema/D/0/w")[0] == 4);  // 0.5 * 8
  f.run({{"x", {2}}});
  CHECK(f.state().at("D/0/w")[0] == 4);
  CHECK(f.state().at("ema/D/0/w")[0] == 5);  // 0.5 * 4 + 0.5 * 6
}

TEST_CASE("a ring buffer keeps the last samples at a moving position") {
  constexpr Extent kSlots = 3;
  TestFormula f(1);
  const Value x = f.input("x", {2});
  const Value buffer = f.variable("buffer", {kSlots, 2}, Keep::state, init::constant(-1));
  const Value slot = f.variable("slot", {}, Keep::state, init::constant(0));
  std::vector<Value> indices;
  for (Extent i = 0; i < kSlots; ++i)
    indices.push_back(full(f.builder(), {1, 2}, static_cast<double>(i)));
  const Value distance = abs(concat(indices) - slot);  // (kSlots,2)
  const Value here = greater(full_like(distance, 0.5), distance);
  f.assign(buffer, select(here, broadcast_to(x, {kSlots, 2}), buffer));
  const Value next = slot + 1.0;
  f.assign(slot, select(greater(next, full_like(next, kSlots - 0.5)), full_like(next, 0), next));
  f.output("before", buffer);

  f.run({{"x", {1, 10}}});
  CHECK(f.state().at("buffer") == std::vector<double>{1, 10, -1, -1, -1, -1});
  f.run({{"x", {2, 20}}});
  f.run({{"x", {3, 30}}});
  const Tensors out = f.run({{"x", {4, 40}}});
  CHECK(out.at("before") == std::vector<double>{1, 10, 2, 20, 3, 30});
  CHECK(f.state().at("buffer") == std::vector<double>{4, 40, 2, 20, 3, 30});
  CHECK(f.state().at("slot")[0] == 1);
}

TEST_CASE("a network forwarded on two inputs in one step assigns once, for the first") {
  TestFormula f(2);
  const Network net("D", [](Formula& formula, Value x) {
    const Value seen = formula.variable("seen", {}, Keep::state, init::constant(0));
    formula.assign(seen, mean(x));
    return x;
  });
  net(f, f.input("real", {2}));
  net(f, f.input("fake", {2}));
  f.run({{"real", {1, 3}}, {"fake", {10, 20}}});
  CHECK(f.state().at("D/seen")[0] == 2);
}

TEST_SUITE_END();
