// Divergences of known distributions, and what the best critic makes of them (LE-02, LE-03, LE-11,
// LE-12, TH-02).
#include "ops/metrics/divergences.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "engine/error.h"
#include "ops/metrics/assignment.h"

using namespace ganflow;
using std::numbers::ln2;

TEST_SUITE_BEGIN("ops/metrics");

namespace {

struct Grid {
  double lo = -20, cell = 1e-3;
  std::vector<double> gaussian(double mean, double std) const {
    std::vector<double> p;
    for (int i = 0; i < 40000; ++i) {
      const double z = (lo + (i + 0.5) * cell - mean) / std;
      p.push_back(std::exp(-z * z / 2) / (std * std::sqrt(2 * std::numbers::pi)));
    }
    return p;
  }
};

}  // namespace

TEST_CASE("KL of two Gaussians on a grid is the closed form, both ways") {
  const Grid grid;
  const auto p = grid.gaussian(-0.6, 1), q = grid.gaussian(1, 1.5);
  const Divergences d = divergences(p, q, grid.cell);
  const auto kl = [](double m, double s, double n, double t) {
    return std::log(t / s) + (s * s + (m - n) * (m - n)) / (2 * t * t) - 0.5;
  };
  CHECK(d.kl == doctest::Approx(kl(-0.6, 1, 1, 1.5)).epsilon(1e-9));
  CHECK(d.reverse_kl == doctest::Approx(kl(1, 1.5, -0.6, 1)).epsilon(1e-9));
}

TEST_CASE("the loss of the best critic D* = p / (p + q) is 2 log 2 - 2 JS (TH-02, LE-02, R-33)") {
  const Grid grid;
  const auto p = grid.gaussian(-0.6, 1);
  for (const double mean : {-0.6, 0.5, 6.0}) {
    const auto q = grid.gaussian(mean, 0.7);
    double loss = 0;  // -E_p log D* - E_q log(1 - D*)
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double d = p[i] / (p[i] + q[i]);
      if (p[i] > 0 && d > 0) loss -= p[i] * std::log(d) * grid.cell;
      if (q[i] > 0 && d < 1) loss -= q[i] * std::log(1 - d) * grid.cell;
    }
    CAPTURE(mean);
    CHECK(divergences(p, q, grid.cell).critic_loss() == doctest::Approx(loss).epsilon(1e-9));
  }
  CHECK(divergences(p, p, grid.cell).critic_loss() == doctest::Approx(2 * ln2));
}

TEST_CASE(
    "the -log trick: grad E[-log D*] = grad (KL(pg||pd) - 2 JS) on six states (LE-03, R-51)") {
  const std::array<double, 6> pd = {0.05, 0.3, 0.1, 0.25, 0.2, 0.1};
  const auto soft = [](std::array<double, 6> logits) {
    double sum = 0;
    for (double& v : logits) sum += v = std::exp(v);
    for (double& v : logits) v /= sum;
    return logits;
  };
  std::array<double, 6> logits = {0.3, -0.2, 0.8, 0, -1, 0.4};
  const auto pg = soft(logits);
  std::array<double, 6> best;  // D* of these pg, held while pg moves
  for (std::size_t i = 0; i < 6; ++i) best[i] = pd[i] / (pd[i] + pg[i]);
  const auto trick = [&](const std::array<double, 6>& q) {
    double loss = 0;
    for (std::size_t i = 0; i < 6; ++i) loss -= q[i] * std::log(best[i]);
    return loss;
  };
  const auto claim = [&](const std::array<double, 6>& q) {
    const Divergences d = divergences(q, pd);
    return d.kl - 2 * d.js;
  };
  for (std::size_t i = 0; i < 6; ++i) {
    constexpr double kStep = 1e-5;
    auto up = logits, down = logits;
    up[i] += kStep;
    down[i] -= kStep;
    const double a = (trick(soft(up)) - trick(soft(down))) / (2 * kStep);
    const double b = (claim(soft(up)) - claim(soft(down))) / (2 * kStep);
    CHECK(std::abs(a - b) < 1e-8);
    CHECK(std::abs(a) > 1e-3);
  }
}

TEST_CASE("two lines: JS and KL do not say how far they are apart, W does (LE-12)") {
  // (0, Z) and (theta, Z), Z uniform over 64 places, on the union of their points.
  for (const double theta : {0.0, 0.1, 1.0}) {
    std::vector<double> p(128), q(128);
    std::vector<float> a, b;
    for (std::size_t i = 0; i < 64; ++i) {
      p[i] = 1.0 / 64;
      q[theta == 0 ? i : i + 64] = 1.0 / 64;
      const auto z = static_cast<float>((static_cast<double>(i) + 0.5) / 64);
      a.insert(a.end(), {0, z});
      b.insert(b.end(), {static_cast<float>(theta), z});
    }
    const Divergences d = divergences(p, q);
    CHECK(d.js == doctest::Approx(theta == 0 ? 0 : ln2));
    CHECK(std::isinf(d.kl) == (theta != 0));
    CHECK(std::isinf(d.reverse_kl) == (theta != 0));
    CHECK(exact_wasserstein(64, 2, a, b) == doctest::Approx(theta));
  }
  const std::array<double, 2> p = {0.5, 0.5};
  CHECK_THROWS_WITH_AS(divergences(p, std::array<double, 3>{}),
                       "divergences: p has 2 values and q 3, give as many of each", Error);
}

TEST_SUITE_END();
