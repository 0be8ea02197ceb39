// BEGAN's and D2GAN's losses by hand, their gradients, and k of BEGAN over steps.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "ops/losses/boundary_equilibrium.h"
#include "ops/losses/two_critics.h"
#include "ops/primitives/arithmetic.h"
#include "support/gradient_check.h"
#include "support/run_example.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

TEST_CASE("BEGAN's k follows gamma L(x) - L(G) inside of [0, 1]") {
  TestFormula f(2, "loss");
  const Value x = f.input("x", {2, 2}), ax = f.input("ax", {2, 2});
  const Value g = f.input("g", {2, 2}), ag = f.input("ag", {2, 2});
  f.output("loss", BoundaryEquilibrium{.gamma = 0.5, .rate = 0.4}(f, x, ax, g, ag));
  f.output("generator", Reconstruction{}(f, g, ag));
  // L(x) = 2; L(G) = 0.5, then 3.
  const Tensors good{
      {"x", {1, 1, 1, 1}}, {"ax", {0, 4, 0, 4}}, {"g", {1, 1, 1, 1}}, {"ag", {1, 2, 1, 0}}};
  Tensors bad = good;
  bad["ag"] = {4, -2, 4, -2};
  const auto step = [&](const Tensors& in, double k, double fake) {
    const Tensors out = f.run(in);
    CHECK(out.at("loss.k")[0] == doctest::Approx(k));
    CHECK(out.at("loss")[0] == doctest::Approx(2 - k * fake));
    CHECK(out.at("generator")[0] == doctest::Approx(fake));
    CHECK(out.at("loss.convergence")[0] == doctest::Approx(2 + std::abs(0.5 * 2 - fake)));
  };
  step(bad, 0, 3);  // would go to -0.8
  for (const double k : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.0}) step(good, k, 0.5);
  step(bad, 1, 3);
  step(good, 0.2, 0.5);
  CHECK(error_of([&] { Reconstruction{}(f, x, f.input("y", {2, 3})); }).starts_with("2 "));
}

TEST_CASE("D2GAN's losses by hand, finite where a critic is 0 to rounding") {
  const auto softplus = [](double d) { return std::log1p(std::exp(d)); };
  TestFormula f(1);
  const auto in = [&](const char* name) { return f.input(name, {1, 1}); };
  const Value d1 = in("d1_fake"), d2 = in("d2_fake");
  f.output("critics",
           TwoCritics{.alpha = 0.3, .beta = 0.2}(f, in("d1_real"), d1, in("d2_real"), d2));
  f.output("generator", TwoCriticsGenerator{0.2}(f, d1, d2));
  Tensors scores{{"d1_real", {0.5}}, {"d1_fake", {-1}}, {"d2_real", {2}}, {"d2_fake", {0.1}}};
  Tensors out = f.run(scores);
  CHECK(out.at("critics")[0] == doctest::Approx(-0.3 * std::log(softplus(0.5)) + softplus(-1) +
                                                softplus(2) - 0.2 * std::log(softplus(0.1))));
  CHECK(out.at("generator")[0] == doctest::Approx(0.2 * std::log(softplus(0.1)) - softplus(-1)));
  scores["d2_fake"] = {-1000};
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    out = f.run(scores, 0, precision);
    CHECK(out.at("generator")[0] == doctest::Approx(0.2 * std::log(1e-12) - softplus(-1)));
  }
}

TEST_CASE("gradients of BEGAN's and D2GAN's losses") {
  check_gradients(
      [](Args x) {
        TestFormula f(x[0].builder());
        return TwoCritics{}(f, x[0], x[1], x[2], x[3]) + 3.0 * TwoCriticsGenerator{}(f, x[1], x[3]);
      },
      {{{3, 1}, -2, 2}, {{3, 1}, -2, 2}, {{3, 1}, -2, 2}, {{3, 1}, -2, 2}},
      {.bound = {{"node.alpha", {0.3}}, {"node.beta", {0.2}}}});
  check_gradients(
      [](Args x) {
        TestFormula f(x[0].builder());
        return BoundaryEquilibrium{}(f, x[0], x[1], x[2], x[3]) + Reconstruction{}(f, x[2], x[3]);
      },
      {{{3, 2}, 0, 1}, {{3, 2}, 2, 3}, {{3, 2}, 0, 1}, {{3, 2}, 2, 3}},
      {.bound = {{"node.gamma", {0.5}}, {"node.rate", {1e-3}}, {"k", {0.4}}}});
}

TEST_SUITE_END();
