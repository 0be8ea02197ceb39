#include "ops/layers/initializers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"
#include "engine/tensor/philox.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

double mean_of(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}
double std_of(const std::vector<double>& v) {
  double sum = 0;
  for (double x : v) sum += (x - mean_of(v)) * (x - mean_of(v));
  return std::sqrt(sum / static_cast<double>(v.size()));
}

}  // namespace

TEST_CASE("element i of an initializer depends on seed, name and i only") {
  const auto few = initial(init::uniform(0.5), 5), many = initial(init::uniform(0.5), 50);
  CHECK(std::equal(few.begin(), few.end(), many.begin()));
  CHECK(few[3] == 0.5 * (2 * uniform01(random_word(7, stream_id("w"), 0, 3)) - 1));
  CHECK(initial(init::uniform(0.5), 5, 8) != few);
  CHECK(initial(init::uniform(0.5), 5, 7, "b") != few);
  const auto odd = initial(init::normal(1), 5), even = initial(init::normal(1), 6);
  CHECK(std::equal(odd.begin(), odd.end(), even.begin()));
}

TEST_CASE("initializers have their moments and bounds") {
  // 10,000 draws: the mean is within 5 standard errors, the deviation within 5 %.
  const auto u = initial(init::uniform(0.5), 10000), n = initial(init::normal(0.02), 10000);
  CHECK(std::abs(mean_of(u)) < 5 * 0.5 / std::sqrt(3.0) / 100);
  CHECK(std_of(u) == doctest::Approx(0.5 / std::sqrt(3.0)).epsilon(0.05));
  CHECK(std::ranges::max(u) < 0.5);
  CHECK(std::ranges::min(u) > -0.5);
  CHECK(std::abs(mean_of(n)) < 5 * 0.02 / 100);
  CHECK(std_of(n) == doctest::Approx(0.02).epsilon(0.05));
  CHECK(initial(init::constant(0.25), 3) == std::vector{0.25, 0.25, 0.25});
  CHECK(initial(init::values({2, -1}), 2) == std::vector<double>{2, -1});
}

TEST_CASE("layer presets follow the fans") {
  const Fan fan{.in = 16, .out = 8};
  const auto extent = [](const Initializer& i) {
    const auto v = initial(i, 4000);
    return std::max(std::ranges::max(v), -std::ranges::min(v));
  };
  CHECK(extent(init::torch().weight(fan)) == doctest::Approx(0.25).epsilon(0.01));
  CHECK(extent(init::torch().weight(fan)) < 0.25);
  CHECK(extent(init::torch().bias(fan)) == doctest::Approx(0.25).epsilon(0.01));
  CHECK(extent(init::glorot().weight(fan)) == doctest::Approx(0.5).epsilon(0.01));
  CHECK(extent(init::glorot().bias(fan)) == 0);
  CHECK(std_of(initial(init::gaussian(0.01).weight(fan), 4000)) ==
        doctest::Approx(0.01).epsilon(0.05));
  CHECK(extent(init::gaussian(0.01).bias(fan)) == 0);
}

TEST_CASE("initializers refuse what they cannot draw") {
  CHECK_THROWS_WITH_AS(init::uniform(0),
                       "initializer: the bound is 0, it must be a finite number above 0", Error);
  CHECK_THROWS_WITH_AS(
      init::normal(-1),
      "initializer: the standard deviation is -1, it must be a finite number above 0", Error);
  CHECK_THROWS_WITH_AS(initial(init::values({2, -1}), 3),
                       "initializer: 2 values were given for a Variable of 3 elements", Error);
}

TEST_SUITE_END();
