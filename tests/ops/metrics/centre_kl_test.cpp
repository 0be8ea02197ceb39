#include "ops/metrics/centre_kl.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "engine/error.h"

using namespace ganflow;

TEST_SUITE_BEGIN("ops/metrics");

TEST_CASE("KL of real centres is the published floor") {  // R-19, 10,000 draws, sd 0.0009
  const SphereSet one28({}), one48({.side = 48}), two({.count = 2});
  const auto floor = [](const SphereSet& set, double bandwidth) {
    return CentreKl(set, {.bandwidth = bandwidth}).floor(10000);
  };
  CHECK(std::abs(floor(one28, 1.0) - 0.0137) < 0.0015);
  CHECK(std::abs(floor(one28, 0.5) - 0.0118) < 0.0015);
  CHECK(std::abs(floor(one28, 0.75) - 0.0118) < 0.0015);
  CHECK(std::abs(floor(one48, 1.0) - 0.0128) < 0.0015);
  CHECK(std::abs(floor(one48, 0.5) - 0.0287) < 0.002);
  CHECK(std::abs(floor(two, 1.0) - 0.061) < 0.003);
  CHECK(std::abs(floor(two, 0.75) - 0.109) < 0.005);
}

TEST_CASE("without renormalising the KL of real centres is negative") {
  const CentreKl kl(SphereSet({}), {.renormalise = false});
  CHECK(std::abs(kl.floor(10000) + 0.059) < 0.003);
}

TEST_CASE("the interval of the grid hardly matters") {
  const double fine = CentreKl(SphereSet({}), {.step = 0.05}).floor(10000);
  for (double step : {0.1, 0.5, 1.0})
    CHECK(std::abs(CentreKl(SphereSet({}), {.step = step}).floor(10000) - fine) < 0.003);
}

TEST_CASE("KL of a single centre is log of the area less the entropy of the kernel") {
  const double entropy = std::log(2 * std::numbers::pi * std::numbers::e);  // per two axes
  const SphereSet one({}), two({.count = 2});
  const std::vector<Centres> centre(100, {Centre{13, 13}, {}});
  CHECK(CentreKl(one, {}).parzen(centre) == doctest::Approx(std::log(400) - entropy).epsilon(1e-6));
  // Unit steps integrate a kernel of one pixel to 1e-8, but other pairs are too near or too far.
  const std::vector<Centres> pair(100, {Centre{9, 9}, Centre{19, 19}});
  CHECK(CentreKl(two, {}).parzen(pair) ==
        doctest::Approx(std::log(67230) - 2 * entropy).epsilon(0.002));
}

TEST_CASE("centres outside count at the border, pairs in any order") {
  const CentreKl one(SphereSet({}), {}), two(SphereSet({.count = 2}), {});
  CHECK(one.parzen(std::vector<Centres>{{Centre{0, 27}, {}}}) ==
        one.parzen(std::vector<Centres>{{Centre{4, 23}, {}}}));
  CHECK(two.parzen(std::vector<Centres>{{Centre{2, 9}, Centre{0, 27}}}) ==
        two.parzen(std::vector<Centres>{{Centre{4, 9}, Centre{4, 24}}}));
  CHECK(two.parzen(std::vector<Centres>{{Centre{4, 24}, Centre{4, 9}}}) ==
        two.parzen(std::vector<Centres>{{Centre{4, 9}, Centre{4, 24}}}));
}

TEST_CASE("plug-in KL of counts") {
  const SphereSet set({});
  const CentreKl kl(set, {});
  std::vector<Centres> all, half;
  for (int repeat = 0; repeat < 10; ++repeat)
    for (std::uint64_t i = 0; i < 400; ++i) {
      all.push_back(set.centres(i));
      if (i < 200) half.push_back(set.centres(i));
    }
  CHECK(kl.histogram(all) == doctest::Approx(0 - 399.0 / 8000));
  CHECK(kl.histogram(half) == doctest::Approx(std::log(2) - 399.0 / 4000));
  const std::vector<Centres> outside{{Centre{1, 1}, {}}};
  CHECK(std::isnan(kl.histogram(outside)));
  all.push_back(outside[0]);  // not counted
  CHECK(kl.histogram(all) == doctest::Approx(0 - 399.0 / 8000));
}

TEST_CASE("estimators that make no sense are refused") {
  CHECK_THROWS_WITH_AS(CentreKl(SphereSet({}), {.bandwidth = 0}),
                       "sphere quality: bandwidth is 0, it must be above 0 pixels", Error);
  CHECK_THROWS_WITH_AS(CentreKl(SphereSet({}), {.step = 1.5}),
                       "sphere quality: step is 1.5, it must lie in (0, 1] pixels", Error);
  CHECK_THROWS_WITH_AS(
      CentreKl(SphereSet({.count = 2, .side = 100}), {}),
      "sphere quality: two centres with 93 positions along each axis make 7.5e+07 pairs, at most "
      "64 positions are measured, use a smaller side",
      Error);
}

TEST_SUITE_END();
