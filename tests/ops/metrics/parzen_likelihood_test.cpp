// Parzen windows against closed forms (TH-03).
#include "ops/metrics/parzen_likelihood.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "engine/error.h"
#include "ops/sources/gaussian1d.h"
#include "ops/sources/gaussians2d.h"

using namespace ganflow;

TEST_SUITE_BEGIN("ops/metrics");

TEST_CASE("the window of few samples is a sum of Gaussians") {
  const std::array<float, 4> samples = {0, 0, 3, 4};  // two in the plane
  const std::array<float, 2> point = {3, 0};
  const double h = 2, one = 1 / (2 * std::numbers::pi * h * h);
  CHECK(parzen_log_likelihood(samples, point, 2, h) ==
        doctest::Approx(std::log((one * std::exp(-9 / 8.0) + one * std::exp(-16 / 8.0)) / 2)));
  // Far away the sum itself would be 0.
  const std::array<float, 2> far = {1000, 0};
  CHECK(parzen_log_likelihood(samples, far, 2, h) ==
        doctest::Approx(std::log(one / 2) - (997.0 * 997 + 16) / 8));
}

TEST_CASE("many samples of N(0, 1): the likelihood of N(0, 1) under N(0, 1 + h^2)") {
  const double h = 0.5;
  const auto metric =
      ParzenLikelihood{.real = Gaussian1d{0, 1}.open(), .width = h, .samples = 1000, .points = 500}
          .open();
  const auto under = [&](double mean) {
    std::vector<float> x(1000);
    Gaussian1d{mean, 1}.open()->fill_main({.seed = 9}, 1000, x);
    return metric->measure({.samples = x, .n = 1000, .row = {1}, .scalars = {}});
  };
  const auto expected = [&](double mean) {  // E of log N(x; mean, s^2), s^2 = 1 + h^2
    const double s2 = 1 + h * h;
    return -0.5 * std::log(2 * std::numbers::pi * s2) - (1 + mean * mean) / (2 * s2);
  };
  for (const double mean : {0.0, 1.0, -2.0}) CHECK(std::abs(under(mean)[0] - expected(mean)) < 0.2);
  CHECK(std::abs(under(0)[1] - expected(0)) < 0.2);
  CHECK(under(0)[2] == 1000);
  std::vector<float> broken(1000);
  broken[7] = INFINITY;
  CHECK(std::isnan(metric->measure({.samples = broken, .n = 1000, .row = {1}, .scalars = {}})[0]));
}

TEST_CASE("bad windows are refused") {
  const auto real = Gaussians8{}.open();
  CHECK_THROWS_WITH_AS(ParzenLikelihood{}.open(),
                       "parzen likelihood: real is not set, give it an opened source", Error);
  CHECK_THROWS_WITH_AS((ParzenLikelihood{.real = real, .width = 0}.open()),
                       "parzen likelihood: width is 0, it must be above 0", Error);
  CHECK_THROWS_WITH_AS((ParzenLikelihood{.real = real, .points = 0}.open()),
                       "parzen likelihood: points is 0, it must be at least 1", Error);
}

TEST_SUITE_END();
