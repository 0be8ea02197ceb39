// Precision, recall, density and coverage: by hand, against published implementations, in the
// directions they are made for.
#include "ops/metrics/quality/neighbourhoods.h"

#include <doctest/doctest.h>

#include <cmath>

#include "references/quality_measures.h"
#include "support/quality_sets.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ops/metrics");

TEST_CASE("balls on a line, by hand") {
  // Real 0 1 3 7, k = 1: radii 1 1 2 4. Generated 2 2.5 20, radii 0.5 0.5 17.5.
  const FeatureSet real{{0, 1, 3, 7}, 4, 1}, generated{{2, 2.5, 20}, 3, 1};
  const Neighbourhoods n =
      NeighbourhoodReference(real, {.k = 1, .density_k = 1}).measure(generated);
  CHECK(n.precision == doctest::Approx(2 / 3.0));  // 2 in [0, 2], 2.5 in [1, 5], 20 nowhere
  CHECK(n.recall == doctest::Approx(2 / 4.0));     // 3 within 0.5 of 2.5, 7 within 17.5 of 20
  // 2: inside of 3's (1, 5) alone, on the border of 1's. 2.5: 3's. 20: none.
  CHECK(n.density == doctest::Approx(2 / 3.0));
  CHECK(n.coverage == doctest::Approx(1 / 4.0));
  // k = 2: radii of the real ones 3 2 3 6.
  const Neighbourhoods wider =
      NeighbourhoodReference(real, {.k = 2, .density_k = 2}).measure(generated);
  CHECK(wider.density == doctest::Approx(8 / 2.0 / 3));  // 2 and 2.5 lie in all four
}

TEST_CASE("precision, recall, density and coverage equal their published implementations") {
  const FeatureSet real = mixed_features(1, 300, 16), fake = mixed_features(2, 300, 16, 0.8, 0.1);
  const Neighbourhoods at_3 = NeighbourhoodReference(real).measure(fake);
  CHECK(at_3.precision == doctest::Approx(reference::kPrecisionRecall[0]).epsilon(1e-6));
  CHECK(at_3.recall == doctest::Approx(reference::kPrecisionRecall[1]).epsilon(1e-6));
  const Neighbourhoods at_5 = NeighbourhoodReference(real, {.k = 5}).measure(fake);
  CHECK(at_5.precision == doctest::Approx(reference::kPrdc[0]).epsilon(1e-12));
  CHECK(at_5.recall == doctest::Approx(reference::kPrdc[1]).epsilon(1e-12));
  CHECK(at_5.density == doctest::Approx(reference::kPrdc[2]).epsilon(1e-12));
  CHECK(at_5.coverage == doctest::Approx(reference::kPrdc[3]).epsilon(1e-12));
}

TEST_CASE("lost modes lower recall and coverage, noise precision and density") {
  const FeatureSet real = mixed_features(1, 400, 8), good = mixed_features(2, 400, 8);
  const NeighbourhoodReference reference(real);
  const Neighbourhoods same = reference.measure(real), equal = reference.measure(good);
  CHECK(same.precision == 1);
  CHECK(same.recall == 1);
  CHECK(same.coverage == 1);
  CHECK(equal.density == doctest::Approx(1).epsilon(0.15));
  const Neighbourhoods one_mode = reference.measure(mixed_features(2, 400, 8, 0.2)),
                       noise = reference.measure(mixed_features(2, 400, 8, 3));
  CHECK(one_mode.recall < 0.6 * equal.recall);
  CHECK(one_mode.coverage < 0.8 * equal.coverage);
  CHECK(noise.precision < 0.6 * equal.precision);
  CHECK(noise.density < 0.6 * equal.density);
}

TEST_CASE("sets without neighbourhoods are refused") {
  const FeatureSet real = mixed_features(1, 30, 4);
  CHECK_THROWS_WITH_AS(NeighbourhoodReference(FeatureRows(real).part(0, 5)),
                       "precision and recall: 5 rows have no 5th neighbour, give at least 6",
                       Error);
  CHECK_THROWS_WITH_AS(NeighbourhoodReference(real, {.k = 0}),
                       "precision and recall: k is 0 and density_k 5, both must be at least 1",
                       Error);
  FeatureSet broken = real;
  broken.values[4] = NAN;
  CHECK_THROWS_WITH_AS(NeighbourhoodReference(real).measure(broken),
                       "precision and recall: row 1 has a feature that is not finite", Error);
}

TEST_SUITE_END();
