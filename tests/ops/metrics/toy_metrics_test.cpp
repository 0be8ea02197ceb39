// Metrics of the one- and two-dimensional toy data.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/error.h"
#include "ops/metrics/density_kl_1d.h"
#include "ops/metrics/mode_coverage.h"
#include "ops/metrics/swiss_roll_quality.h"
#include "ops/sources/gaussian1d.h"
#include "ops/sources/gaussians2d.h"

using namespace ganflow;

TEST_SUITE_BEGIN("ops/metrics");

namespace {

std::vector<float> drawn(const Source& source, Extent n) {
  std::vector<float> x(source.spec(n).shape.elements());
  source.fill_main({.seed = 1}, n, x);
  return x;
}

std::vector<double> measure(const Metric& metric, const std::vector<float>& x, Extent axes) {
  const auto values = metric.measure(
      {.samples = x, .n = static_cast<Extent>(x.size()) / axes, .row = {axes}, .scalars = {}});
  CHECK(values.size() == metric.columns().size());
  CHECK(metric.scalars().empty());
  return values;
}

}  // namespace

TEST_CASE("KL of Gaussian samples is the closed form of the smoothed Gaussian") {
  const auto metric = DensityKl1d{.mean = -0.6, .std = 1}.open();
  const auto kl = [&](double mean, double std) {
    return measure(*metric, drawn(*Gaussian1d{mean, std}.open(), 10000), 1)[0];
  };
  // The kernel of width h = std n^(-1/5) widens q to std sqrt(1 + n^(-2/5)).
  const auto expected = [](double mean, double std) {
    const double wide = std * std::sqrt(1 + std::pow(10000, -0.4));
    return -std::log(wide) + (wide * wide + (mean + 0.6) * (mean + 0.6)) / 2 - 0.5;
  };
  for (auto [mean, std] : {std::pair{1.4, 1.0}, {-0.6, 0.3}, {0.0, 2.0}})
    CHECK(kl(mean, std) == doctest::Approx(expected(mean, std)).epsilon(0.05));

  const auto real = measure(*metric, drawn(*Gaussian1d{}.open(), 10000), 1);
  CHECK(real[0] == doctest::Approx(real[1]).epsilon(0.5));  // kl at its floor
  CHECK(real[1] > 0);
  CHECK(real[1] < 0.005);
  CHECK(real[2] == doctest::Approx(-0.6).epsilon(0.1));
  CHECK(real[3] == doctest::Approx(1).epsilon(0.03));
  CHECK(real[4] < 1e-3);  // JS
  CHECK(std::abs(real[5] - 2 * std::log(2)) < 2e-3);
  CHECK(real[6] == 10000);
}

TEST_CASE("the Parzen density is the sum of its kernels") {
  // 40 % of the time of a replica of thesis-1d were exponentials of the grid.
  const std::vector<float> x{-1.5f, -1.25f, 0, 0.5f, 3};
  const auto measured = measure(*DensityKl1d{.mean = 0, .std = 1, .samples = 5}.open(), x, 1);
  const double width = measured[3] * std::pow(5, -0.2), cell = width / 20;
  const auto normal = [](double z, double std) {
    return std::exp(-0.5 * z * z / (std * std)) / (std * std::sqrt(2 * std::numbers::pi));
  };
  double kl = 0;
  for (double at = -1.5 - 8 * width; at < 3 + 8 * width; at += cell) {
    double q = 0;
    for (const float v : x) q += normal(at - v, width) / 5;
    kl += q * std::log(q / normal(at, 1)) * cell;
  }
  CHECK(measured[0] == doctest::Approx(kl).epsilon(1e-9));
}

TEST_CASE("KL of broken samples") {
  const auto metric = DensityKl1d{.samples = 3}.open();
  CHECK(std::isinf(measure(*metric, {2, 2, 2}, 1)[0]));
  // Ten thousand equal samples had a deviation: the rounding of their mean.
  CHECK(std::isinf(measure(*DensityKl1d{}.open(), std::vector<float>(10000, 0.1f), 1)[0]));
  CHECK(std::isnan(measure(*metric, {2, std::nanf(""), 2}, 1)[0]));
  CHECK_THROWS_WITH_AS(DensityKl1d{.samples = 1}.open(),
                       "density KL: samples is 1, it must be at least 2", Error);
  CHECK_THROWS_WITH_AS(DensityKl1d{.std = 0}.open(),
                       "gaussian1d: mean -0.6 and std 0 must be finite and std above 0", Error);
}

TEST_CASE("real mixtures cover all modes") {
  const auto ring = measure(*ModeCoverage{}.open(), drawn(*Gaussians8{}.open(), 10000), 2);
  CHECK(ring == std::vector<double>{8, 8, ring[2], 10000});
  CHECK(ring[2] == doctest::Approx(1 - std::exp(-8)).epsilon(6e-4));  // 4 std: 0.99966
  const auto grid = measure(*ModeCoverage{.set = ToyMixture::gaussians25, .within = 3}.open(),
                            drawn(*Gaussians25{}.open(), 10000), 2);
  CHECK(grid == std::vector<double>{25, 25, grid[2], 10000});
  CHECK(grid[2] == doctest::Approx(1 - std::exp(-4.5)).epsilon(5e-3));  // 3 std: 0.98889
}

TEST_CASE("JS of Gaussian samples is that of the densities (TH-17)") {
  const auto metric = DensityKl1d{.mean = 0, .std = 1}.open();
  const auto js = [&](double mean, double std) {
    return measure(*metric, drawn(*Gaussian1d{mean, std}.open(), 10000), 1)[4];
  };
  // By numerical integration on a grid of 1e-4 (numpy).
  CHECK(std::abs(js(1, 1) - 0.11142) < 0.005);
  CHECK(std::abs(js(0, 0.3) - 0.21131) < 0.005);
  CHECK(std::abs(js(40, 1) - std::log(2)) < 1e-6);
  CHECK(measure(*metric, std::vector<float>(10000, 2.0f), 1)[4] == std::log(2));
}

TEST_CASE("three Gaussians on the line: a generator that covers one, two, all (TH-09)") {
  const auto metric = ModeCoverage{.set = ToyMixture::gaussians3, .samples = 300}.open();
  const auto modes = [&](std::vector<double> at) {
    std::vector<float> x;
    for (std::size_t i = 0; i < 300; ++i) x.push_back(static_cast<float>(at[i % at.size()]));
    return measure(*metric, x, 1)[0];
  };
  CHECK(modes({0.3}) == 1);
  CHECK(modes({-4, 3.5}) == 2);
  CHECK(modes({4, 0, -4.2}) == 3);
  const auto real = measure(*ModeCoverage{.set = ToyMixture::gaussians3}.open(),
                            drawn(*Gaussians3{}.open(), 10000), 1);
  CHECK(real[0] == 3);
  CHECK(real[2] > 0.999);
}

TEST_CASE("a mode needs a twentieth of its fair share, or one point if asked") {
  // 160 points, fair share 20, least 1 -> 400 points: fair share 50, least 2.5.
  const auto modes = gaussians8().modes;
  std::vector<float> x;
  const auto add = [&](int count, double px, double py) {
    for (int i = 0; i < count; ++i) x.insert(x.end(), {float(px), float(py)});
  };
  add(295, modes[0][0], modes[0][1]);
  add(3, modes[1][0], modes[1][1]);
  add(2, modes[2][0], modes[2][1]);
  add(100, 0, 0);  // far from all
  CHECK(measure(*ModeCoverage{.samples = 400}.open(), x, 2) ==
        std::vector<double>{2, 3, 0.75, 400});
  CHECK(measure(*ModeCoverage{.samples = 400, .covered = 0}.open(), x, 2) ==
        std::vector<double>{3, 3, 0.75, 400});
  CHECK_THROWS_WITH_AS(ModeCoverage{.within = 0}.open(),
                       "mode coverage: within is 0, it must be above 0 std", Error);
  CHECK_THROWS_WITH_AS(ModeCoverage{.covered = 2}.open(),
                       "mode coverage: covered is 2, it must lie in 0..1 of a mode's fair share",
                       Error);
}

TEST_CASE("the real Swiss roll lies on its curve, all along it") {
  const auto m = measure(*SwissRollQuality{}.open(), drawn(*SwissRoll{}.open(), 10000), 2);
  CHECK(m[0] == doctest::Approx(0.9973).epsilon(0.0025));  // across the curve noise is 1-D
  CHECK(m[1] == 1);
  CHECK(m[2] == 10000);
}

TEST_CASE("points off the Swiss roll and half a roll are seen") {
  std::vector<float> x;
  for (int i = 0; i < 1000; ++i) {
    const auto p = swiss_roll_curve(i / 2000.0);  // the inner half of u
    x.insert(x.end(), {float(p[0]), float(p[1])});
  }
  for (int i = 0; i < 1000; ++i) x.insert(x.end(), {0.0f, 0.0f});  // the eye of the roll
  const auto m = measure(*SwissRollQuality{.samples = 2000}.open(), x, 2);
  CHECK(m[0] == 0.5);
  CHECK(m[1] == 0.5);
  CHECK_THROWS_WITH_AS((SwissRollQuality{.roll = {.noise = 0}}.open()),
                       "swiss roll quality: noise is 0, distances are measured in it, so it must "
                       "be above 0",
                       Error);
  CHECK_THROWS_WITH_AS(SwissRollQuality{.within = 0}.open(),
                       "swiss roll quality: within is 0, it must be above 0 standard deviations",
                       Error);
}

TEST_SUITE_END();
