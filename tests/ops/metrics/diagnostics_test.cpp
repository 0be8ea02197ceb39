// Formulas that look at players while they train.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "engine/error.h"
#include "ops/layers/mlp.h"
#include "ops/metrics/critic_slope.h"
#include "ops/metrics/gradient_norms.h"
#include "ops/metrics/weight_histogram.h"
#include "ops/metrics/weight_tiles.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/reduce.h"
#include "support/run_example.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ops/metrics");

namespace {

// D(x) = x w with w = start.
Network linear_critic(const std::vector<double>& start) {
  return {"D", [start](Formula& f, Value x) {
            return matmul(
                x, f.variable("0/w", {x.shape()[1], 1}, Keep::parameter, init::values(start)));
          }};
}

}  // namespace

TEST_CASE("a critic's slope, of its score and of D = sigmoid(score)") {
  TestFormula f(2, "slope");
  const Value x = f.input("x", {2, 2});
  const Network d = linear_critic({3, 4});
  f.output("score", CriticSlope{.critic = d}(f, x));
  f.output("probability", CriticSlope{.critic = d, .seen = sigmoid}(f, x));
  const Tensors out = f.run({{"x", {0, 0, 1, -1}}});
  CHECK(out.at("score")[0] == doctest::Approx(5));
  const double far = 1 / (1 + std::exp(1.0));  // score -1
  CHECK(out.at("probability")[0] == doctest::Approx(5 * (0.25 + far * (1 - far)) / 2));
}

TEST_CASE("the gradient's length, of each parameter and of all") {
  TestFormula f(1, "norms");
  const Value x = f.input("x", {1, 2});
  const Network d = linear_critic({1, 1});
  CHECK(error_of([&] { GradientNorms{d}(f, x); }) ==
        "2 norms (Test): network 'D' has no parameters yet: add the node after the first "
        "forward of it");
  const Value loss = sum(d(f, x)) * 2.0;
  f.output("all", GradientNorms{d}(f, loss));
  const Tensors out = f.run({{"x", {3, 4}}});
  CHECK(out.at("norms.0.w")[0] == doctest::Approx(10));
  CHECK(out.at("all")[0] == doctest::Approx(10));
}

TEST_CASE("weights that pile up at their bound (GU-17)") {
  TestFormula f(1, "weights");
  const Value x = f.input("x", {1, 8});
  const Network d = linear_critic({0.01, -0.01, 0.0098, -0.0096, 0.001, 0, -0.004, 0.006});
  d(f, x);
  f.output("piled", WeightHistogram{.network = d, .bins = 4}(f));
  CHECK(error_of([&] { WeightHistogram{.network = d, .bins = 1}(f); }) ==
        "2 weights (Test): bins is 1, it must be from 2 to 100");
  const Tensors out = f.run({{"x", std::vector<double>(8)}});
  CHECK(out.at("piled")[0] == 0.5);
  CHECK(out.at("weights.largest")[0] == 0.01);
  CHECK(out.at("weights.bin0")[0] == 0.25);   // -0.01, -0.0096
  CHECK(out.at("weights.bin1")[0] == 0.125);  // -0.004
  CHECK(out.at("weights.bin2")[0] == 0.25);   // 0, 0.001
  CHECK(out.at("weights.bin3")[0] == 0.375);
}

TEST_CASE("tiles of weights: smooth ones, noise, flat ones (TH-32)") {
  // 5 units of 8 x 8: a wave, a disc, alternating signs, a constant, a ramp.
  std::vector<double> start;
  const auto tile = [&](auto value) {
    for (int y = 0; y < 8; ++y)
      for (int x = 0; x < 8; ++x) start.push_back(value(x, y));
  };
  tile([](int x, int) { return std::sin(2 * std::numbers::pi * x / 8); });
  tile([](int x, int y) { return (x - 4) * (x - 4) + (y - 4) * (y - 4) <= 9 ? 1 : 0; });
  tile([](int x, int y) { return (x + y) % 2 ? 1 : -1; });
  tile([](int, int) { return 0.5; });
  tile([](int x, int y) { return x + y; });
  TestFormula f(1, "tiles");
  const Network g("G", [start](Formula& f, Value z) {
    const Value w = f.variable("1/w", {5, 64}, Keep::parameter, init::values(start));
    return matmul(z, w);
  });
  g(f, f.input("z", {1, 5}));
  f.output("noise", WeightTiles{.network = g, .height = 8, .width = 8}(f));
  CHECK(error_of([&] { WeightTiles{.network = g}(f); }) ==
        "2 tiles (Test): network 'G' has no weights of shape (units,784) that paint 28 x 28 "
        "pixels with 1 channels: take a fully connected generator");
  const Tensors out = f.run({{"z", std::vector<double>(5)}});
  CHECK(out.at("noise")[0] == doctest::Approx(0.4));
  const auto& r = out.at("tiles.correlation");
  // Along x a pair of a wave over 8 pixels has on average cos(pi / 4) less the pair across the
  // border, -sin(7 pi / 4) sin(0) = 0; along y it has all.
  CHECK(r[0] == doctest::Approx((8 * std::cos(std::numbers::pi / 4) * 8 + 56) / 112));
  CHECK(r[1] > 0.5);
  CHECK(r[2] == doctest::Approx(-1));
  CHECK(r[3] == 0);
  CHECK(r[4] > 0.7);
}

TEST_SUITE_END();
