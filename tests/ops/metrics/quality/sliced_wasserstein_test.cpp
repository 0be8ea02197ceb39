// Distances of images without an extractor: sliced Wasserstein of pixels, fixed random features.
#include "ops/metrics/quality/sliced_wasserstein.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "ops/metrics/quality/kernel_distance.h"
#include "ops/metrics/quality/random_features.h"
#include "references/quality_measures.h"
#include "support/quality_sets.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ops/metrics");

TEST_CASE("in one dimension the distance is exact, of equal sets 0") {
  const FeatureSet x{{3, 0, 1}, 3, 1}, y{{1, 5, 3}, 3, 1};
  const SlicedWassersteinReference reference(x, {1, -1});
  CHECK(reference.distance(y) == doctest::Approx(std::sqrt((1 + 4 + 4) / 3.0)));
  CHECK(reference.distance(x) == 0);
  const FeatureSet broken{{1, NAN, 3}, 3, 1};
  CHECK(std::isnan(reference.distance(broken)));
}

TEST_CASE("the distance equals that of POT along the same directions") {
  const FeatureSet real = mixed_features(1, 300, 16), fake = mixed_features(2, 300, 16, 0.8, 0.1);
  std::vector<float> directions;
  for (std::uint32_t i = 0; i < 40; ++i) {
    double direction[16], squares = 0;
    for (std::uint32_t j = 0; j < 16; ++j) {
      direction[j] = mixed_bell(9, i, j);
      squares += direction[j] * direction[j];
    }
    for (const double v : direction)
      directions.push_back(static_cast<float>(v / std::sqrt(squares)));
  }
  CHECK(SlicedWassersteinReference(real, directions).distance(fake) ==
        doctest::Approx(reference::kSlicedWasserstein[0]).epsilon(1e-7));
}

TEST_CASE("directions have length 1 and every axis alike; a shift by v is |v| / sqrt(d)") {
  const Extent count = 2000, width = 10;
  const std::vector<float> directions = random_directions(count, width, 5);
  CHECK(directions != random_directions(count, width, 6));
  std::vector<double> squares(width);
  for (Extent i = 0; i < count; ++i) {
    double length = 0;
    for (Extent j = 0; j < width; ++j) {
      const double v = directions[i * width + j];
      length += v * v;
      squares[j] += v * v / static_cast<double>(count);
    }
    REQUIRE(length == doctest::Approx(1).epsilon(1e-6));
  }
  for (const double mean : squares) CHECK(mean == doctest::Approx(1.0 / width).epsilon(0.12));
  const FeatureSet x = mixed_features(1, 100, 10);
  FeatureSet moved = x;
  for (float& v : moved.values) v += 2;
  CHECK(SlicedWassersteinReference(x, directions).distance(moved) ==
        doctest::Approx(2 * std::sqrt(10.0) / std::sqrt(10.0)).epsilon(0.03));
}

TEST_CASE("random features: by hand of constant images, the same every time, of every size") {
  // A constant image gives max(0, sum of the filter) everywhere, so its cells are equal.
  const RandomFeatures features({.height = 28, .width = 28, .channels = 3, .lo = -1});
  const std::vector<float> image(3 * 28 * 28, 0.5f);
  const std::vector<float> of_image = features.features(image.data(), 1);
  REQUIRE(static_cast<Extent>(of_image.size()) == features.width());
  CHECK(features.width() == 32 * 16);
  int positive = 0;
  for (std::size_t f = 0; f < 32; ++f) {
    for (std::size_t q = 1; q < 16; ++q)
      CHECK(of_image[16 * f + q] == doctest::Approx(of_image[16 * f]));
    positive += of_image[16 * f] > 0;
  }
  CHECK(positive > 8);
  CHECK(positive < 24);
  // The range of the pixels is taken out: 0.5 of [-1, 1] is 0.75 of [0, 1].
  const std::vector<float> unit(3 * 28 * 28, 0.75f);
  const RandomFeatures of_unit({.height = 28, .width = 28, .channels = 3});
  const std::vector<float> same = of_unit.features(unit.data(), 1);
  for (std::size_t i = 0; i < same.size(); ++i) CHECK(same[i] == doctest::Approx(of_image[i]));
  CHECK(RandomFeatures({.height = 2, .width = 3}).width() == 32);
  CHECK_THROWS_WITH_AS(RandomFeatures({.channels = 0}),
                       "random features: samples are points, they are taken of images", Error);
}

TEST_CASE("sets that cannot be projected are refused") {
  const FeatureSet x = mixed_features(1, 10, 4);
  CHECK_THROWS_WITH_AS(SlicedWassersteinReference(FeatureRows(x).part(0, 0), {1, 0, 0, 0}),
                       "swd: 0 real rows and 1 directions, give at least one of each", Error);
  const SlicedWassersteinReference reference(x, {1, 0, 0, 0});
  CHECK_THROWS_WITH_AS(reference.distance(FeatureRows(x).part(0, 9)),
                       "swd: 9 generated rows and 10 real ones, give as many of both", Error);
}

TEST_SUITE_END();
