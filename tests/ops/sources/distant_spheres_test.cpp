// Two spheres whose distance follows a law, and the measure of it (TH-39).
#include "ops/sources/distant_spheres.h"

#include <doctest/doctest.h>

#include <vector>

#include "engine/error.h"
#include "ops/metrics/centre_distance.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ops/sources");

TEST_CASE("the distance of two centres follows its Normal law, and pairs differ") {
  const Spheres pairs{.count = 2, .sharp = true};
  const DistantSpheres law{.spheres = pairs, .mean = 13, .std = 1.5};
  const auto source = law.open();
  std::vector<float> images(source->spec(2000).shape.elements());
  source->fill_main({.seed = 1, .stream = 2, .step = 3}, 2000, images);
  const auto metric = CentreDistance{.data = law, .k = -1, .samples = 2000}.open();
  const auto measured = [&] {
    return metric->measure({.samples = images, .n = 2000, .row = {784}, .scalars = {{"k", -1}}});
  };
  const std::vector<double> found = measured();
  CHECK(found[0] == doctest::Approx(13).epsilon(0.01));
  CHECK(found[1] == doctest::Approx(1.5).epsilon(0.06));
  // Of 169 distances that pairs have the nearest is drawn: Kolmogorov's distance of that law from
  // the Normal one is 0.035. 2,000 draws add to it.
  CHECK(found[2] < 0.05);

  // Pairs as they come are none of that law.
  const auto any = pairs.open();
  any->fill_main({.seed = 1, .stream = 2, .step = 3}, 2000, images);
  CHECK(measured()[2] > 0.2);

  CHECK(error_of([] { DistantSpheres{}.open(); }) ==
        "2 spheres: a distance of centres needs 2 spheres, count is 1");
  CHECK(
      error_of([&] { DistantSpheres{.spheres = pairs, .mean = 3}.open(); }) ==
      "2 spheres: the distance's mean is 3, centres of the set are 8 to 28.284271247461902 apart");
}

TEST_SUITE_END();
