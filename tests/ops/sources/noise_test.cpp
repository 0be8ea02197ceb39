#include "ops/sources/noise.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

TEST_CASE("uniform noise has the batch's rows, its range and its moments") {
  TestFormula f(1000, "noise");
  const Value z = Uniform{.dim = 10}(f);
  CHECK(z.shape() == Shape{1000, 10});
  f.output("z", z);
  const auto v = f.run().at("z");
  double mean = 0, square = 0;
  for (double x : v) mean += x / 1e4, square += x * x / 1e4;
  CHECK(std::ranges::min(v) > -1);
  CHECK(std::ranges::min(v) < -0.99);
  CHECK(std::ranges::max(v) < 1);
  CHECK(std::ranges::max(v) > 0.99);
  CHECK(std::abs(mean) < 0.03);  // 5 standard errors of 10,000 draws
  CHECK(square == doctest::Approx(1.0 / 3).epsilon(0.05));
}

TEST_CASE("normal noise has mean 0 and deviation 1") {
  TestFormula f(1000, "noise");
  f.output("z", Normal{.dim = 10}(f));
  const auto v = f.run().at("z");
  double mean = 0, square = 0;
  for (double x : v) mean += x / 1e4, square += x * x / 1e4;
  CHECK(std::abs(mean) < 0.05);
  CHECK(square == doctest::Approx(1).epsilon(0.07));
}

TEST_CASE("noise is a function of node and step") {
  const auto draw = [](const char* node, Step step) {
    TestFormula f(4, node);
    f.output("z", Uniform{.dim = 2, .lo = 2, .hi = 3}(f));
    return f.run({}, step).at("z");
  };
  CHECK(draw("noise", 5) == draw("noise", 5));
  CHECK(draw("noise", 5) != draw("noise", 6));
  CHECK(draw("noise", 5) != draw("noise2", 5));
  CHECK(std::ranges::min(draw("noise", 0)) > 2);
}

TEST_CASE("noise refuses an empty range and no dimensions") {
  TestFormula f(4, "noise", "Uniform");
  CHECK_THROWS_WITH_AS((Uniform{.dim = 2, .lo = 1, .hi = 1}(f)),
                       "noise (Uniform): lo is 1 and hi is 1, lo must be below hi", Error);
  CHECK_THROWS_WITH_AS(Uniform{.dim = 0}(f), "noise (Uniform): dim is 0, it must be at least 1",
                       Error);
}

TEST_SUITE_END();
