// FID, KID and inception score: closed forms, stored values of published implementations, what is
// refused.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "engine/tensor/philox.h"
#include "ops/metrics/quality/frechet_distance.h"
#include "ops/metrics/quality/inception_score.h"
#include "ops/metrics/quality/kernel_distance.h"
#include "ops/metrics/quality/linear_algebra.h"
#include "ops/metrics/quality/subsets.h"
#include "references/quality_measures.h"
#include "support/quality_sets.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ops/metrics");

TEST_CASE("products of every remainder of a tile; eigenvalues and singular values by hand") {
  const Extent m = 131, n = 259, k = 150;
  std::vector<double> a(m * k), b(k * n), c(m * n, 1.0);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<double>(i % 7) - 3;
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<double>(i % 11) - 5;
  multiply_add(m, n, k, a.data(), k, b.data(), n, c.data(), n);
  for (Extent i = 0; i < m; ++i)
    for (Extent j = 0; j < n; ++j) {
      double sum = 1;
      for (Extent p = 0; p < k; ++p) sum += a[i * k + p] * b[p * n + j];
      REQUIRE(c[i * n + j] == sum);  // small integers: exact
    }

  const auto [values, vectors] = symmetric_eigen(2, {2, 1, 1, 2});
  CHECK(values[0] == doctest::Approx(1));
  CHECK(values[1] == doctest::Approx(3));
  CHECK(vectors[2] * vectors[3] == doctest::Approx(0.5));  // (1, 1) / sqrt 2 belongs to 3
  const std::vector<double> singular = singular_values(2, 3, {3, 0, 0, 0, 0, -4});
  CHECK(singular[0] == doctest::Approx(4));
  CHECK(singular[1] == doctest::Approx(3));
  // Of rank 2: the third row is the sum of the others.
  const std::vector<double> flat{1, 0, 1, 0, 4, 4, 1, 4, 5}, f = symmetric_factor(3, flat);
  for (Extent i = 0; i < 3; ++i)
    for (Extent j = 0; j < 3; ++j)
      CHECK(f[i * 3] * f[j * 3] + f[i * 3 + 1] * f[j * 3 + 1] + f[i * 3 + 2] * f[j * 3 + 2] ==
            doctest::Approx(flat[i * 3 + j]));
  CHECK_THROWS_WITH_AS(symmetric_eigen(1, {NAN}),
                       "a matrix of 1 numbers holds one that is not finite", Error);
}

TEST_CASE("FID of Gaussians with known distance") {
  // S_g = A diag(4, 9) A', S_r = A diag(1, 16) A' share their axes: |mu|^2 + (2-1)^2 + (3-4)^2.
  const double c = std::cos(0.3), s = std::sin(0.3);
  const auto covariance = [&](double u, double v) {
    return std::vector<double>{c * c * u + s * s * v, c * s * (u - v), c * s * (u - v),
                               s * s * u + c * c * v};
  };
  const FeatureStatistics g{9, 2, {1, 2}, covariance(4, 9)}, r{9, 2, {0, 0}, covariance(1, 16)};
  CHECK(FrechetReference(r).distance(g) == doctest::Approx(5 + 1 + 1).epsilon(1e-12));
  CHECK(FrechetReference(g).distance(r) == doctest::Approx(7).epsilon(1e-12));
  // Axes that differ, 2 x 2: Tr (S T)^(1/2) = sqrt(Tr(S T) + 2 sqrt(det(S T))).
  const FeatureStatistics plain{9, 2, {0, 0}, {1, 0, 0, 16}};
  const double trace = g.covariance[0] + 16 * g.covariance[3], det = 36.0 * 16;
  CHECK(FrechetReference(plain).distance(g) ==
        doctest::Approx(5 + 13 + 17 - 2 * std::sqrt(trace + 2 * std::sqrt(det))).epsilon(1e-12));
}

TEST_CASE("FID, KID and inception score equal their published implementations") {
  const FeatureSet real = mixed_features(1, 300, 16), fake = mixed_features(2, 300, 16, 0.8, 0.1);
  const FrechetReference reference(feature_statistics(real));
  const double fid = reference.distance(feature_statistics(fake));
  CHECK(fid == doctest::Approx(reference::kFid[0]).epsilon(1e-9));
  CHECK(fid == doctest::Approx(reference::kFid[1]).epsilon(1e-9));

  const MeanDeviation kid = kernel_distance(fake, real, {.subsets = 1, .size = 300});
  CHECK(kid.mean == doctest::Approx(reference::kKid[0]).epsilon(1e-9));
  CHECK(kid.deviation == 0);

  FeatureSet logits = mixed_features(3, 200, 10);
  for (float& x : logits.values) x *= 6;
  const MeanDeviation score = inception_score(logits, 7);
  CHECK(score.mean == doctest::Approx(reference::kInceptionScore[0]).epsilon(1e-9));
  CHECK(score.deviation == doctest::Approx(reference::kInceptionScore[1]).epsilon(1e-9));
}

TEST_CASE("FID of equal sets is 0, of any rank; the order of rows does not matter") {
  const FeatureSet full = mixed_features(1, 700, 20);  // 512 rows and a rest
  CHECK(FrechetReference(feature_statistics(full)).distance(feature_statistics(full)) < 1e-12);
  FeatureSet flat = full;  // rank 10: every feature twice
  for (Extent i = 0; i < flat.n; ++i)
    for (Extent j = 0; j < 20; ++j) flat.values[i * 20 + j] = full.values[i * 20 + j / 2];
  CHECK(FrechetReference(feature_statistics(flat)).distance(feature_statistics(flat)) < 1e-12);

  FeatureSet few = mixed_features(2, 12, 20);
  CHECK_THROWS_WITH_AS(FrechetReference(feature_statistics(few)),
                       "fid: 12 rows have a singular covariance of 20 features, give at least 21 "
                       "rows or regularise",
                       Error);
  const FrechetReference regular(feature_statistics(few), 1e-6);
  CHECK(regular.distance(feature_statistics(few)) < 1e-12);
  // A shift of one feature by 2 moves the mean alone.
  FeatureSet moved = few;
  for (Extent i = 0; i < 12; ++i) moved.values[i * 20] += 2;
  CHECK(regular.distance(feature_statistics(moved)) == doctest::Approx(4).epsilon(1e-6));
}

TEST_CASE("FID of subsets: every draw a subset, by the seed alone, larger than that of all") {
  const FeatureSet real = mixed_features(1, 2000, 8), fake = mixed_features(2, 1000, 8);
  const FrechetReference reference(feature_statistics(real));
  const auto distances =
      subset_frechet_distances(fake, reference, {.draws = 40, .size = 100, .seed = 3});
  REQUIRE(distances.size() == 40);
  CHECK(subset_frechet_distances(fake, reference, {.draws = 40, .size = 100, .seed = 3}) ==
        distances);
  CHECK(std::set(distances.begin(), distances.end()).size() == 40);
  const double mean = std::accumulate(distances.begin(), distances.end(), 0.0) / 40;
  CHECK(mean > 2 * reference.distance(feature_statistics(fake)));  // the bias of few rows
  const auto all = subset_frechet_distances(fake, reference, {.draws = 1, .size = 1000});
  CHECK(all[0] == doctest::Approx(reference.distance(feature_statistics(fake))).epsilon(1e-9));

  // Rows without replacement, all of them within reach.
  FeatureSet numbers{.n = 50, .width = 1};
  for (int i = 0; i < 50; ++i) numbers.values.push_back(static_cast<float>(i));
  std::set<float> seen;
  for (int draw = 0; draw < 40; ++draw) {
    const auto rows = subset(numbers, 10, {1, "test", draw});
    CHECK(std::set(rows.begin(), rows.end()).size() == 10);
    seen.insert(rows.begin(), rows.end());
  }
  CHECK(seen.size() == 50);
}

TEST_CASE("KID is unbiased: 0 on average for equal distributions, by hand for points") {
  // One feature, x = {0, 1}, y = {1, 2}: k(a, b) = (a b + 1)^3.
  const FeatureSet x{{0, 1}, 2, 1}, y{{1, 2}, 2, 1};
  CHECK(squared_discrepancy(x, y) ==
        doctest::Approx((2 * 1 + 2 * 27) / 2.0 - 2 * (1 + 1 + 8 + 27) / 4.0));
  const FeatureSet a = mixed_features(5, 2000, 8), b = mixed_features(6, 2000, 8);
  const MeanDeviation same = kernel_distance(a, b, {.subsets = 50, .size = 200, .seed = 1});
  CHECK(std::abs(same.mean) < 0.6 * same.deviation);
  CHECK(same.deviation > 0);
  const FeatureSet moved = mixed_features(6, 2000, 8, 1, 0.5);
  CHECK(kernel_distance(moved, b, {.subsets = 5, .size = 200}).mean > 20 * same.deviation);
}

TEST_CASE("inception score: uniform rows give 1, equal shares of K sure classes give K") {
  FeatureSet logits{std::vector<float>(200, 3.0f), 20, 10};
  CHECK(inception_score(logits, 2).mean == doctest::Approx(1).epsilon(1e-12));
  for (Extent i = 0; i < 20; ++i) logits.values[i * 10 + i % 10] = 1000;
  const MeanDeviation sure = inception_score(logits, 2);
  CHECK(sure.mean == doctest::Approx(10).epsilon(1e-12));
  CHECK(sure.deviation == doctest::Approx(0));
  logits.values[5] = INFINITY;
  CHECK_THROWS_WITH_AS(inception_score(logits, 2),
                       "class probabilities: logit 5 of row 0 is inf, it must be finite", Error);
}

TEST_CASE("sets that cannot be compared are refused") {
  const FeatureSet real = mixed_features(1, 30, 4), other = mixed_features(1, 30, 5);
  const FrechetReference reference(feature_statistics(real));
  CHECK_THROWS_WITH_AS(reference.distance(feature_statistics(other)),
                       "fid: a generated row has 5 features and a real one 4, take both from one "
                       "extractor",
                       Error);
  CHECK_THROWS_WITH_AS(feature_statistics(FeatureRows(real).part(0, 1)),
                       "fid: 1 rows have no covariance, give at least 2", Error);
  CHECK_THROWS_WITH_AS(FrechetReference(feature_statistics(real), -1),
                       "fid: regularise is -1, it must be at least 0", Error);
  CHECK_THROWS_WITH_AS(subset_frechet_distances(real, reference, {.draws = 3, .size = 31}),
                       "fid: a subset has 31 rows, it must have between 2 and the 30 of the set",
                       Error);
  CHECK_THROWS_WITH_AS(kernel_distance(real, real, {.subsets = 0, .size = 10}),
                       "kid: draws is 0, it must be at least 1", Error);
  CHECK_THROWS_WITH_AS(squared_discrepancy(real, FeatureRows(real).part(0, 9)),
                       "kid: 30 generated and 9 real rows, the estimate takes 2 or more of each",
                       Error);
  CHECK_THROWS_WITH_AS(inception_score(real, 31),
                       "is: 30 rows cannot be cut into 31 parts, give at least one row a part",
                       Error);
}

TEST_SUITE_END();
