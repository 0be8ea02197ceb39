#include "ops/metrics/sphere_quality.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "ops/metrics/sphere_detector.h"

using namespace ganflow;

TEST_SUITE_BEGIN("ops/metrics");

namespace {

std::vector<float> images_of(const Spheres& spheres, Extent n, double k = 0) {
  Spheres drawn = spheres;
  drawn.with_replacement = true;
  std::vector<float> images(n * spheres.side * spheres.side);
  drawn.open()->fill_main({.seed = 1}, n, images);
  for (float& v : images) v = static_cast<float>(tunable_sigmoid(v, k));
  return images;
}

std::map<std::string, double> measure(const Metric& metric, const std::vector<float>& images,
                                      Shape row, double k) {
  const auto values = metric.measure({.samples = images,
                                      .n = static_cast<Extent>(images.size()) / row.elements(),
                                      .row = row,
                                      .step = 7,
                                      .scalars = {{"k", k}}});
  const auto columns = metric.columns();
  REQUIRE(values.size() == columns.size());
  std::map<std::string, double> named;
  for (std::size_t i = 0; i < values.size(); ++i) named[columns[i].name] = values[i];
  return named;
}

}  // namespace

TEST_CASE("real spheres measure as perfect") {
  for (int count : {1, 2})
    for (double k : {0.0, -0.2, -0.99999}) {
      const Spheres spheres{.count = count};
      const auto metric = SphereQuality{.spheres = spheres, .k = k}.open();
      const auto m = measure(*metric, images_of(spheres, 10000, k), {784}, k);
      CHECK(m.at("rmse") < 1e-6);
      CHECK(m.at("outside_fraction") == 0);
      CHECK(m.at("n") == 10000);
      CHECK(m.at("kl") == doctest::Approx(m.at("kl_floor")).epsilon(0.25));
      if (count == 1) CHECK(std::abs(m.at("kl_hist")) < 5 * 0.0015);
    }
}

TEST_CASE("the centres it finds are kept, those of an image one behind the other (TH-33)") {
  for (const int count : {1, 2}) {
    const SphereQuality options{.spheres = {.count = count}, .samples = 50, .centres = 20};
    const auto metric = options.open();
    const std::vector<float> images = images_of(options.spheres, 50);
    const auto seen = metric->seen();
    REQUIRE(seen);
    CHECK(seen->n == 20 * count);
    std::vector<float> centres(static_cast<std::size_t>(2 * seen->n), -1);
    metric->measure(
        {.samples = images, .n = 50, .row = {784}, .scalars = {{"k", 0}}, .seen = centres});
    const SphereSet set(options.spheres.geometry());
    std::vector<Detection> found(50);
    SphereDetector(set, 0).detect(images, found);
    for (int i = 0; i < 20 * count; ++i) {
      CAPTURE(i);
      const Centre c = found[static_cast<std::size_t>(i / count)].centres[i % count];
      CHECK(centres[static_cast<std::size_t>(2 * i)] == static_cast<float>(c.x));
      CHECK(centres[static_cast<std::size_t>(2 * i + 1)] == static_cast<float>(c.y));
    }
  }
  CHECK_FALSE(SphereQuality{}.open()->seen());
  CHECK_THROWS_WITH_AS((SphereQuality{.samples = 10, .centres = 11}.open()),
                       "sphere quality: centres is 11, it must lie in 0..10, the samples", Error);
}

TEST_CASE("a generator that knows half of the set has a KL of log 2") {
  const auto metric = SphereQuality{}.open();
  const auto m = measure(*metric, images_of({.subset = 0.5}, 10000), {1, 28, 28}, 0);
  CHECK(m.at("kl_hist") == doctest::Approx(std::log(2)).epsilon(0.03));
  CHECK(m.at("kl") > 3 * m.at("kl_floor"));
}

TEST_CASE("black images") {  // TH-16
  const auto rmse = [](const Spheres& spheres, double k) {
    const auto metric = SphereQuality{.spheres = spheres, .samples = 3}.open();
    const Extent pixels = spheres.side * spheres.side;
    return measure(*metric, std::vector<float>(3 * pixels), {pixels}, k).at("rmse");
  };
  CHECK(rmse({.sharp = true}, 0) == doctest::Approx(0.2500).epsilon(1e-4));
  CHECK(rmse({}, -0.99999) == doctest::Approx(0.2500).epsilon(1e-4));
  CHECK(rmse({.side = 48, .sharp = true}, 0) == doctest::Approx(0.1458).epsilon(5e-4));
}

TEST_CASE("spheres half outside the image are counted") {
  const SphereSet set({});
  std::vector<float> images(2 * 784);
  const SphereTemplate shape(set, -0.99999);
  shape.render(std::array{Centre{2, 13}}, std::span(images).first(784));
  shape.render(std::array{Centre{4, 13}}, std::span(images).last(784));
  const auto metric = SphereQuality{.samples = 2}.open();
  const auto m = measure(*metric, images, {784}, -0.99999);
  CHECK(m.at("outside_fraction") == 0.5);
  CHECK(m.at("rmse") < 1e-6);
}

TEST_CASE("k is read at every measurement") {
  const auto metric = SphereQuality{.k = steps({{0, 0.0}, {100, -0.8}}), .samples = 100}.open();
  CHECK(metric->samples() == 100);
  CHECK(metric->scalars().at("k").schedule.at(100) == -0.8);
  const auto images = images_of({}, 100, -0.8);
  CHECK(measure(*metric, images, {784}, -0.8).at("rmse") < 1e-6);
  CHECK(measure(*metric, images, {784}, 0).at("rmse") > 0.01);
}

TEST_CASE("columns say how they were estimated") {
  const auto one = SphereQuality{.samples = 50}.open()->columns();
  CHECK(one[0].description ==
        "KL(q||p) of detected centres, Parzen: Gaussian kernel 1 px, grid step 0.1 px, "
        "renormalised");
  CHECK(one[1].description == "kl of 50 real images, mean of 4 fixed draws");
  const auto two =
      SphereQuality{.spheres = {.count = 2}, .samples = 50, .renormalise = false}.open()->columns();
  CHECK(two[0].description ==
        "KL(q||p) of detected centres, Parzen: Gaussian kernel 1 px, on the 67230 pairs of the "
        "set, not renormalised");
}

TEST_CASE("measurements that make no sense are refused") {
  CHECK_THROWS_WITH_AS(SphereQuality{.samples = 0}.open(),
                       "sphere quality: samples is 0, it must be at least 1", Error);
  const auto metric = SphereQuality{.samples = 4}.open();
  const std::vector<float> few(3 * 784), wide(4 * 100), enough(4 * 784);
  CHECK_THROWS_WITH_AS(measure(*metric, few, {784}, 0),
                       "sphere quality: 3 samples were generated, it needs 4", Error);
  CHECK_THROWS_WITH_AS(measure(*metric, wide, {100}, 0),
                       "sphere quality: a generated sample (100) has 100 elements, it measures "
                       "samples of 784",
                       Error);
  CHECK(metric->scalars().at("k").range == between(-1, 0));
}

TEST_SUITE_END();
