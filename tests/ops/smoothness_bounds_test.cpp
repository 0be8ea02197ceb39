// Theorems 1 and 2 of Smooth GAN, on random networks: how far an output can move (SG-01, SG-02).
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/program/gradient.h"
#include "engine/tensor/philox.h"
#include "ops/layers/mlp.h"
#include "ops/metrics/quality/linear_algebra.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

constexpr Extent kDim = 4, kPixels = 3, kDraws = 2000, kPlaces = 17;

std::vector<double> normals(std::uint32_t stream, Extent n) {
  std::vector<double> x;
  for (Extent i = 0; i < n; ++i) {
    const PhiloxBlock words = random_block(3, stream, 0, static_cast<std::uint32_t>(i));
    x.push_back(normal_pair(words[0], words[1])[0]);
  }
  return x;
}

// |v|_p of row n for p = 1, 2, infinity (0).
double norm(const std::vector<double>& rows, Extent n, Extent width, int p) {
  double sum = 0;
  for (Extent i = 0; i < width; ++i) {
    const double v = std::abs(rows[n * width + i]);
    sum = p == 0 ? std::max(sum, v) : sum + (p == 1 ? v : v * v);
  }
  return p == 2 ? std::sqrt(sum) : sum;
}

const LayerInit kSteep = init::gaussian(1);

}  // namespace

TEST_CASE("|d|_q < eps / max |grad G_i|_p implies |G_i(z + d) - G_i(z)| < eps (Theorem 1)") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    TestFormula f(kDraws, "G", "Test", seed);
    const Value z = f.input("z", {kDraws, kDim});
    const Value y = Network("G", mlp({kDim, 8, 1}, tanh, {}, kSteep))(f, z);
    f.output("y", y);
    f.output("slope", gradient(sum(y), z));
    const auto start = normals(1, kDraws * kDim), far = normals(2, kDraws * kDim);
    std::vector<double> first, last, steepest[3];
    for (auto& s : steepest) s.resize(kDraws);
    for (Extent place = 0; place < kPlaces; ++place) {
      std::vector<double> at = start;
      for (std::size_t i = 0; i < at.size(); ++i)
        at[i] += 0.3 * far[i] * static_cast<double>(place) / (kPlaces - 1);
      const Tensors out = f.run({{"z", at}});
      if (place == 0) first = out.at("y");
      last = out.at("y");
      for (Extent n = 0; n < kDraws; ++n)
        for (const int p : {1, 2})
          steepest[p][n] = std::max(steepest[p][n], norm(out.at("slope"), n, kDim, p));
    }
    int tight = 0;
    for (Extent n = 0; n < kDraws; ++n) {
      const double moved = std::abs(last[n] - first[n]);
      for (const auto& [p, q] : {std::pair{2, 2}, {1, 0}}) {
        const double eps = 0.3 * norm(far, n, kDim, q) * steepest[p][n];
        // 1 %: the slope is looked at in 17 places of the way.
        REQUIRE(moved <= 1.01 * eps);
        tight += moved > 0.8 * eps;
      }
    }
    CHECK(tight > 0);  // the bound is met, so a smaller one would be broken
  }
}

TEST_CASE("|grad_z D(G(z))|_2 is at most |grad_x D|_2 times the norm of G's Jacobian (Theorem 2)") {
  constexpr Extent kRows = 200;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    TestFormula f(kRows, "both", "Test", seed);
    const Value z = f.input("z", {kRows, kDim});
    const Value x = Network("G", mlp({kDim, 8, kPixels}, tanh, {}, kSteep))(f, z);
    const Value score = Network("D", mlp({kPixels, 8, 1}, tanh, {}, kSteep))(f, x);
    f.output("through", gradient(sum(score), z));
    f.output("critic", gradient(sum(score), x));
    for (Extent i = 0; i < kPixels; ++i)
      f.output("row" + std::to_string(i),
               gradient(x, z, f.input("pick" + std::to_string(i), {kRows, kPixels})));
    Tensors in{{"z", normals(4, kRows * kDim)}};
    for (Extent i = 0; i < kPixels; ++i) {
      auto& picked = in["pick" + std::to_string(i)];
      picked.resize(static_cast<std::size_t>(kRows * kPixels));
      for (Extent n = 0; n < kRows; ++n) picked[n * kPixels + i] = 1;
    }
    const Tensors out = f.run(in);
    double tightest = 0;
    for (Extent n = 0; n < kRows; ++n) {
      std::vector<double> jacobian;
      for (Extent i = 0; i < kPixels; ++i)
        for (Extent j = 0; j < kDim; ++j)
          jacobian.push_back(out.at("row" + std::to_string(i))[n * kDim + j]);
      const double bound =
          norm(out.at("critic"), n, kPixels, 2) * singular_values(kPixels, kDim, jacobian)[0];
      const double slope = norm(out.at("through"), n, kDim, 2);
      REQUIRE(slope <= bound * (1 + 1e-9));
      tightest = std::max(tightest, slope / bound);
    }
    CHECK(tightest > 0.9);
  }
}

TEST_SUITE_END();
