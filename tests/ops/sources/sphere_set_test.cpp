#include "ops/sources/sphere_set.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numeric>
#include <set>

#include "engine/error.h"

using namespace ganflow;

TEST_SUITE_BEGIN("ops/sources");

namespace {

std::vector<float> image_of(const SphereSet& set, const Centres& c, double k) {
  const auto side = set.geometry().side;
  std::vector<float> image(side * side);
  SphereTemplate(set, k).render(std::span(c).first(set.geometry().count), image);
  return image;
}

// RMSE of an all-black image against `image`.
double black_rmse(const std::vector<float>& image) {
  return std::sqrt(std::inner_product(image.begin(), image.end(), image.begin(), 0.0) /
                   static_cast<double>(image.size()));
}

}  // namespace

TEST_CASE("the sets have the published sizes") {
  CHECK(SphereSet({.side = 28}).size() == 400);
  CHECK(SphereSet({.side = 48}).size() == 1600);
  CHECK(SphereSet({.count = 2}).size() == 67230);
  CHECK(SphereSet({.side = 28, .grid = SphereGrid::closed}).size() == 441);
  CHECK(SphereSet({.side = 48, .grid = SphereGrid::closed}).size() == 1681);
  CHECK(SphereSet({.count = 2, .grid = SphereGrid::half_open}).size() == 53302);
  CHECK(SphereSet({.radius = 2}).size() == 576);
}

TEST_CASE("pairs are numbered in lexicographic order and found again") {
  const SphereSet set({.count = 2});
  Centres last{};
  for (std::uint64_t i = 0; i < set.size(); ++i) {
    const Centres c = set.centres(i);
    REQUIRE(c[0] < c[1]);
    REQUIRE(squared_distance(c[0], c[1]) >= 64);
    REQUIRE(last < c);
    REQUIRE(set.index(c) == i);
    last = c;
  }
}

TEST_CASE("centres that are no member have no number") {
  const SphereSet one({}), two({.count = 2});
  CHECK(one.index({Centre{4, 4}, {}}) == 0);
  CHECK(one.index({Centre{23, 23}, {}}) == 399);
  CHECK_FALSE(one.index({Centre{3, 4}, {}}));
  CHECK_FALSE(one.index({Centre{4, 24}, {}}));
  CHECK(two.index({Centre{4, 4}, Centre{4, 12}}) == 0);
  CHECK_FALSE(two.index({Centre{4, 4}, Centre{4, 11}}));   // too near
  CHECK_FALSE(two.index({Centre{4, 12}, Centre{4, 4}}));   // not in order
  CHECK_FALSE(two.index({Centre{4, 4}, Centre{25, 12}}));  // off the grid
  CHECK(one.clamp({0, 27}) == Centre{4, 23});
}

TEST_CASE("discs have 49 and 13 white pixels") {  // TH-10
  for (auto [radius, white] : {std::pair{4, 49}, {2, 13}}) {
    const SphereSet set({.radius = radius, .sharp = true});
    const auto image = image_of(set, set.centres(0), 0);
    CHECK(std::accumulate(image.begin(), image.end(), 0.0) == white);
  }
}

TEST_CASE("the smooth sphere sharpens to the disc") {
  CHECK(sphere_sigma(4) == doctest::Approx(3.450).epsilon(1e-4));
  for (int count : {1, 2}) {
    const SphereSet smooth({.count = count}), sharp({.count = count, .sharp = true});
    for (std::uint64_t i = 0; i < smooth.size(); i += 97) {
      const auto a = image_of(smooth, smooth.centres(i), -0.99999);
      const auto b = image_of(sharp, sharp.centres(i), 0);
      double worst = 0;
      for (std::size_t p = 0; p < a.size(); ++p)
        worst = std::max(worst, std::abs(double{a[p]} - b[p]));
      REQUIRE(worst < 1e-3);  // nearest to 1/2 are d^2 = 16 and 17, at 0.511 and 0.490
    }
  }
}

TEST_CASE("smooth pixels are exp(-d^2 / 2 sigma^2), two spheres their maximum") {
  const SphereSet set({.count = 2});
  const Centres c{Centre{4, 4}, Centre{12, 6}};
  const auto image = image_of(set, c, 0);
  const auto value = [](double d2) { return std::exp(-d2 * std::log(2.0) / 16.5); };
  CHECK(image[4 * 28 + 4] == 1);
  CHECK(image[12 * 28 + 6] == 1);
  CHECK(image[4 * 28 + 8] == doctest::Approx(value(16)));
  CHECK(image[8 * 28 + 5] == doctest::Approx(value(17)));  // 17 from both
  CHECK(image[9 * 28 + 6] == doctest::Approx(value(9)));   // 29 from one, 9 from the other
}

TEST_CASE("RMSE of a black image") {  // TH-16
  const SphereSet one28({.sharp = true}), one48({.side = 48, .sharp = true}),
      two({.count = 2, .sharp = true});
  CHECK(black_rmse(image_of(one28, one28.centres(7), 0)) == doctest::Approx(0.2500).epsilon(1e-4));
  CHECK(black_rmse(image_of(one48, one48.centres(7), 0)) == doctest::Approx(0.1458).epsilon(5e-4));
  const Centres apart{Centre{6, 6}, Centre{20, 20}};
  CHECK(black_rmse(image_of(two, apart, 0)) == doctest::Approx(0.3536).epsilon(1e-4));
}

TEST_CASE("tunable sigmoid") {  // TH-20
  for (double x : {0.0, 0.1, 0.4, 0.5, 0.9, 1.0})
    CHECK(tunable_sigmoid(x, 0) == doctest::Approx(x).epsilon(1e-15));
  CHECK(tunable_sigmoid(0.4, -0.2) == doctest::Approx(0.363636).epsilon(1e-5));
  CHECK(tunable_sigmoid(0.4, -0.6) == doctest::Approx(0.25));
  CHECK(tunable_sigmoid(0.4, -0.8) == doctest::Approx(0.153846).epsilon(1e-5));
  CHECK(std::abs(tunable_sigmoid(0.4, -0.99999)) < 3e-5);
  for (double k : {0.0, -0.2, -0.6, -0.8, -0.99999, -1.0}) {
    CHECK(std::abs(tunable_sigmoid(0, k)) < 1e-12);
    CHECK(tunable_sigmoid(0.5, k) == 0.5);
    CHECK(tunable_sigmoid(1, k) == doctest::Approx(1));
  }
  CHECK(tunable_sigmoid(0.3, -1) == tunable_sigmoid(0.3, -0.99999));
}

TEST_CASE("ovals are wider than high, rectangles have corners (TH-39)") {
  const auto pixels = [](SphereShape shape, double aspect) {
    const SphereSet set({.sharp = true, .shape = shape, .aspect = aspect});
    const auto image = image_of(set, {Centre{14, 14}, {}}, 0);
    int white = 0, wide = 0, high = 0;
    for (int i = 0; i < 28 * 28; ++i) white += image[i] == 1;
    for (int i = 0; i < 28; ++i) {
      wide += image[14 * 28 + i] == 1;
      high += image[i * 28 + 14] == 1;
    }
    return std::array{white, wide, high};
  };
  CHECK(pixels(SphereShape::disc, 1) == std::array{49, 9, 9});
  // Rows of |dx| <= 4, sqrt(12), 0 at dy = 0, 1, 2.
  CHECK(pixels(SphereShape::disc, 2) == std::array{9 + 2 * 7 + 2 * 1, 9, 5});
  CHECK(pixels(SphereShape::rectangle, 1) == std::array{81, 9, 9});
  CHECK(pixels(SphereShape::rectangle, 2) == std::array{45, 9, 5});
  // Sharpened, the smooth ones become the sharp ones.
  for (const SphereShape shape : {SphereShape::disc, SphereShape::rectangle}) {
    const SphereSet smooth({.shape = shape, .aspect = 2}),
        sharp({.sharp = true, .shape = shape, .aspect = 2});
    const auto a = image_of(smooth, smooth.centres(33), -0.99999),
               b = image_of(sharp, sharp.centres(33), 0);
    for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(std::abs(a[i] - b[i]) < 1e-3);
  }
}

TEST_CASE("impossible geometries are refused") {
  const auto open = [](SphereGeometry g) { return SphereSet(g); };
  CHECK_THROWS_WITH_AS(open({.count = 3}), "spheres: count is 3, an image holds 1 or 2 spheres",
                       Error);
  CHECK_THROWS_WITH_AS(open({.side = 0}), "spheres: side is 0, it must lie in 1..1024 pixels",
                       Error);
  CHECK_THROWS_WITH_AS(open({.count = 2, .shape = SphereShape::rectangle}),
                       "spheres: count is 2 and shape rectangle, whose corners could lie in each "
                       "other: two radii keep discs and ovals apart only, take one of these or "
                       "count 1",
                       Error);
  CHECK_THROWS_WITH_AS(open({.aspect = 9}),
                       "spheres: aspect is 9, it must lie in 1..8, of radius 4 that is one row of "
                       "pixels",
                       Error);
  CHECK_THROWS_WITH_AS(open({.radius = 0}), "spheres: radius is 0, it must be at least 1 pixel",
                       Error);
  CHECK_THROWS_WITH_AS(open({.side = 28, .radius = 14}),
                       "spheres: radius 14 does not fit side 28: a disc is 29 pixels wide, make "
                       "side at least 29 or radius at most 13",
                       Error);
  CHECK_THROWS_WITH_AS(open({.count = 2, .side = 10, .radius = 4}),
                       "spheres: no two spheres of radius 4 fit side 10 without overlap: centres "
                       "lie in 4..6 and must be 8 pixels apart, make side larger or radius smaller",
                       Error);
}

TEST_SUITE_END();
