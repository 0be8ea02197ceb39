// Smooth GAN's generator penalty: values by hand, probes against the exact Jacobian, the derivative
// by the parameters (a third derivative of the program) against central differences.
#include "ops/penalties/smooth_penalty.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "engine/error.h"
#include "engine/program/concat.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "ops/layers/batch_norm.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/layers/mlp.h"
#include "ops/metrics/quality/linear_algebra.h"
#include "ops/primitives/math.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("penalties");

namespace {

constexpr JacobianNorm kNorms[] = {JacobianNorm::pixel_mean, JacobianNorm::frobenius,
                                   JacobianNorm::sum, JacobianNorm::pixel_hinge};

}  // namespace

TEST_CASE("a linear generator's Jacobian by hand, every norm") {
  // G(z) = z W, W = [1 2 -3; 0 4 5]: column norms squared 1, 20, 34; row sums 0 and 9.
  const double expected[] = {55.0 / 3 - 7, 55 - 7, 81 - 7, (0 + 13 + 27) / 3.0};
  for (std::size_t i = 0; i < 4; ++i)
    for (const bool exact : {true, false}) {
      if (!exact && i < 2) continue;  // probes: below
      TestFormula f(2, "smooth");
      const Value z = f.input("z", {2, 2});
      const Value images = Linear{.out = 3, .bias = false}(f, z);
      const SmoothPenalty penalty{.gamma = 0.5, .k = 7, .norm = kNorms[i], .exact = exact};
      f.output("penalty", penalty(f, images, z));
      f.state()["w"] = {1, 2, -3, 0, 4, 5};
      const Tensors out = f.run({{"z", {1, 2, 3, 4}}});
      CHECK(out.at("penalty")[0] == doctest::Approx(0.5 * expected[i]));
      CHECK(out.at("smooth.jacobian").size() == 2);
    }
}

TEST_CASE("the spectral norm of a linear generator by hand") {
  // J' J = W W' = [14 -7; -7 41]: its greater eigenvalue.
  TestFormula f(4, "smooth");
  const Value z = f.input("z", {4, 2});
  const Value images = Linear{.out = 3, .bias = false}(f, z);
  f.output("penalty", SmoothPenalty{.gamma = 0.5, .k = 7, .iterations = 20}(f, images, z));
  f.state()["w"] = {1, 2, -3, 0, 4, 5};
  const Tensors out = f.run({{"z", drawn(8, 3)}});
  CHECK(out.at("penalty")[0] ==
        doctest::Approx(0.5 * ((55 + std::sqrt(27 * 27 + 4 * 49)) / 2 - 7)).epsilon(1e-9));
  f.state()["w"] = std::vector<double>(6, 0.0);  // a dead generator has a norm, 0
  CHECK(f.run({{"z", drawn(8, 3)}}).at("smooth.jacobian") == std::vector<double>(4, 0.0));
}

TEST_CASE("the spectral norm against a decomposition of the Jacobian, sample by sample (R-64)") {
  constexpr Extent kRows = 16, kLatents = 5, kPixels = 12;
  const auto run = [](int iterations) {
    TestFormula f(kRows, "smooth");
    const Value z = f.input("z", {kRows, kLatents});
    const Value images = mlp({kLatents, 8, kPixels}, relu, tanh)(f, z);
    SmoothPenalty{.iterations = iterations}(f, images, z);
    for (Extent j = 0; j < kLatents; ++j) {  // row j of every J'
      const Value one = full(f.builder(), {kRows, 1}, 1);
      const std::array from{z}, along{pad(one, 1, j, kLatents - j - 1)};
      f.output("slope" + std::to_string(j), jvp(images, from, along));
    }
    return f.run({{"z", drawn(kRows * kLatents, 5)}});
  };
  const Tensors converged = run(300), three = run(3);
  double shares = 0;
  for (Extent n = 0; n < kRows; ++n) {
    std::vector<double> jacobian;
    for (Extent j = 0; j < kLatents; ++j) {
      const std::vector<double>& slope = converged.at("slope" + std::to_string(j));
      jacobian.insert(jacobian.end(), slope.begin() + n * kPixels,
                      slope.begin() + (n + 1) * kPixels);
    }
    const double sigma = singular_values(kLatents, kPixels, jacobian)[0];
    CHECK(converged.at("smooth.jacobian")[n] == doctest::Approx(sigma * sigma).epsilon(1e-6));
    const double share = three.at("smooth.jacobian")[n] / (sigma * sigma);
    CHECK(share <= 1 + 1e-12);
    shares += share / kRows;
  }
  CHECK(shares > 0.9);
}

TEST_CASE("probes are unbiased: their mean approaches the exact Jacobian") {
  const auto mean_jacobian = [](bool exact, int probes) {
    TestFormula f(64, "smooth");
    const Value z = f.input("z", {64, 3});
    const Value images = mlp({3, 8, 12}, relu, tanh)(f, z);
    SmoothPenalty{.norm = JacobianNorm::pixel_mean, .probes = probes, .exact = exact}(f, images, z);
    const std::vector<double> rows = f.run({{"z", drawn(192, 5)}}).at("smooth.jacobian");
    double total = 0;
    for (const double row : rows) total += row / 64;
    return total;
  };
  const double exact = mean_jacobian(true, 1);
  CHECK(std::abs(mean_jacobian(false, 1) / exact - 1) > 1e-3);  // an estimate
  CHECK(mean_jacobian(false, 64) == doctest::Approx(exact).epsilon(0.03));
}

TEST_CASE("derivative of the penalty by the generator's parameters, every norm") {
  const auto check = [](const SmoothPenalty& penalty, const Layers& generator,
                        const std::vector<CheckedInput>& parameters, bool second_order = true) {
    std::vector<CheckedInput> inputs{{{3, 2}}};
    inputs.insert(inputs.end(), parameters.begin(), parameters.end());
    check_gradients(
        [&](Args x) {
          TestFormula f(x[0].builder(), 3, "smooth");
          f.bind("linear1/w", x[1]);
          f.bind("linear1/b", x[2]);
          f.bind("linear2/w", x[3]);
          f.bind("linear2/b", x[4]);
          return penalty(f, generator(f, x[0]), x[0]);
        },
        inputs,
        {.second_order = second_order, .bound = {{"smooth.k", {0.02}}, {"smooth.gamma", {2}}}});
  };
  const std::vector<CheckedInput> parameters{{{2, 4}}, {{4}}, {{4, 3}}, {{3}}};
  const Layers plain = layers({Linear{.out = 4}, tanh, Linear{.out = 3}, sigmoid});
  for (const JacobianNorm norm : kNorms) {
    CAPTURE(static_cast<int>(norm));
    check({.norm = norm}, plain, parameters);
    check({.norm = norm, .probes = 2}, plain, parameters);
    check({.norm = norm, .exact = true}, plain, parameters);
  }
  // v moves with the parameters, which only second derivatives see.
  check({.norm = JacobianNorm::spectral, .iterations = 60}, plain, parameters, false);
}

TEST_CASE("the hinge: nothing below k, no slope there") {
  TestFormula f(2, "smooth");
  const Value z = f.input("z", {2, 2});
  const Value images = Linear{.out = 3, .bias = false}(f, z);
  const Value penalty = SmoothPenalty{.k = 100}(f, images, z);
  f.output("penalty", penalty);
  f.output("slope", gradient(penalty, f.variable("w", {2, 3}, Keep::parameter, {})));
  const Tensors out = f.run({{"z", {1, 2, 3, 4}}});
  CHECK(out.at("penalty")[0] == 0);
  CHECK(out.at("slope") == std::vector<double>(6, 0.0));
}

TEST_CASE("an exact Jacobian of a generator with batch norm is refused, tangents are not") {
  const auto penalty = [](bool exact, const Layers& generator) {
    TestFormula f(4, "smooth", "SmoothPenalty");
    const Value z = f.input("z", {4, 2});
    const JacobianNorm norm = exact ? JacobianNorm::frobenius : JacobianNorm::spectral;
    return SmoothPenalty{.norm = norm, .exact = exact}(f, generator(f, z), z).shape();
  };
  const Layers norm = layers({Linear{.out = 3}, BatchNorm{}, relu});
  CHECK_THROWS_WITH_AS(penalty(true, norm),
                       "smooth (SmoothPenalty): an exact Jacobian needs images that depend on "
                       "their own z alone, the "
                       "generator mixes the samples of a batch (sum (3)); use probes",
                       Error);
  CHECK(penalty(false, norm) == Shape{});
  CHECK(penalty(true, layers({Linear{.out = 3}})) == Shape{});
  TestFormula f(4, "smooth", "SmoothPenalty");
  const Value z = f.input("z", {4, 2});
  CHECK_THROWS_WITH_AS(SmoothPenalty{.exact = true}(f, Linear{.out = 3}(f, z), z),
                       "smooth (SmoothPenalty): the spectral norm has no exact form, take more "
                       "iterations or another "
                       "norm",
                       Error);
}

TEST_SUITE_END();
