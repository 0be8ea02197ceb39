#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/error.h"
#include "engine/tensor/philox.h"
#include "ops/metrics/assignment.h"
#include "ops/metrics/point_wasserstein.h"
#include "ops/sources/gaussians2d.h"
#include "ops/sources/spheres.h"

using namespace ganflow;

TEST_SUITE_BEGIN("ops/metrics");

TEST_CASE("the assignment is the cheapest of all") {
  constexpr Extent kSize = 6;
  for (std::uint32_t trial = 0; trial < 50; ++trial) {
    std::vector<double> cost(kSize * kSize);
    for (std::size_t i = 0; i < cost.size(); ++i)  // few values: many ties
      cost[i] = static_cast<double>(random_word(1, 2, trial, i) % (trial % 2 ? 5 : 1000));
    const auto total = [&](const std::vector<Extent>& columns) {
      double sum = 0;
      for (Extent i = 0; i < kSize; ++i) sum += cost[i * kSize + columns[i]];
      return sum;
    };
    std::vector<Extent> columns(kSize);
    std::iota(columns.begin(), columns.end(), 0);
    double least = std::numeric_limits<double>::infinity();
    do least = std::min(least, total(columns));
    while (std::next_permutation(columns.begin(), columns.end()));

    auto found = cheapest_assignment(kSize, cost);
    REQUIRE(total(found) == least);
    std::sort(found.begin(), found.end());
    REQUIRE(found == columns);  // sorted again by next_permutation: each column once
  }
}

TEST_CASE("Wasserstein distances with known values") {
  // LE-11: buckets P = (3, 2, 1, 4), Q = (1, 2, 4, 3), total work 5 over 10 units of mass.
  const std::vector<float> p{0, 0, 0, 1, 1, 2, 3, 3, 3, 3}, q{0, 1, 1, 2, 2, 2, 2, 3, 3, 3};
  CHECK(10 * exact_wasserstein(10, 1, p, q) == doctest::Approx(5));

  // LE-12: points of (0, Z) and of (0.7, Z).
  std::vector<float> line, moved;
  for (int i = 0; i < 40; ++i) {
    const auto z = static_cast<float>(uniform01(random_word(1, 2, 3, i)));
    line.insert(line.end(), {0, z});
    moved.insert(moved.begin(), {0.7f, z});
  }
  CHECK(exact_wasserstein(40, 2, line, moved) == doctest::Approx(0.7));
}

TEST_CASE("one coordinate is measured as two of which one says nothing") {
  // Half of the time of a replica of thesis-1d went into an assignment that is a sort.
  std::vector<float> a(200), b(200), plane_a, plane_b;
  for (int i = 0; i < 200; ++i) {
    const auto words = random_block(1, 2, 4, i);
    a[i] = static_cast<float>(normal_pair(words[0], words[1])[0]);
    b[i] = static_cast<float>(uniform01(words[2]));
    plane_a.insert(plane_a.end(), {a[i], 3});
    plane_b.insert(plane_b.end(), {b[i], 3});
  }
  CHECK(exact_wasserstein(200, 1, a, b) ==
        doctest::Approx(exact_wasserstein(200, 2, plane_a, plane_b)).epsilon(1e-12));
}

TEST_CASE("real points are at the floor, a lost mode is far above") {
  const auto source = Gaussians8{}.open();
  const auto metric = PointWasserstein{.real = source, .samples = 400}.open();
  std::vector<float> x(800);
  source->fill_main({.seed = 5}, 400, x);
  const auto measure = [&] {
    return metric->measure({.samples = x, .n = 400, .row = {2}, .scalars = {}});
  };
  const auto real = measure();
  CHECK(real.size() == metric->columns().size());
  CHECK(real[0] == doctest::Approx(real[1]).epsilon(0.6));
  for (int i = 0; i < 400; ++i)
    if (x[2 * i] > 0) x[2 * i] = -x[2 * i];  // the right half of the ring is lost
  CHECK(measure()[0] > 0.8);                 // half of the mass moves by 2 E|x| = 1.8 or so
  x[7] = std::nanf("");
  CHECK(std::isnan(measure()[0]));
}

TEST_CASE("Wasserstein metrics that make no sense are refused") {
  CHECK_THROWS_WITH_AS(PointWasserstein{}.open(),
                       "point Wasserstein: real is not set, give it an opened source", Error);
  CHECK_THROWS_WITH_AS((PointWasserstein{.real = Gaussians8{}.open(), .samples = 5001}.open()),
                       "point Wasserstein: samples is 5001, the exact assignment takes at most "
                       "5000",
                       Error);
  CHECK_THROWS_WITH_AS((PointWasserstein{.real = Spheres{}.open(), .samples = 200}.open()),
                       "point Wasserstein: the real set has 400 items, 200 samples need 600, ask "
                       "for fewer",
                       Error);
}

TEST_SUITE_END();
