#include "ops/metrics/sphere_detector.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/tensor/philox.h"

using namespace ganflow;

TEST_SUITE_BEGIN("ops/metrics");

namespace {

// Every pair in an optimized build without sanitizers, one of 60 otherwise.
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kPairStride = 1;
#else
constexpr std::uint64_t kPairStride = 60;
#endif

constexpr double kSharpness[] = {0, -0.2, -0.6, -0.8, -0.99999};

std::vector<float> image_of(const SphereSet& set, const SphereTemplate& shape, const Centres& c) {
  std::vector<float> image(set.geometry().side * set.geometry().side);
  shape.render(std::span(c).first(set.geometry().count), image);
  return image;
}

// Real images whose centres are not found, of every `stride`-th image of the set, with Gaussian
// noise of deviation `noise` on every pixel.
std::uint64_t misses(const SphereGeometry& geometry, double k, std::uint64_t stride,
                     double noise = 0) {
  const SphereSet set(geometry);
  const SphereTemplate shape(set, k);
  const SphereDetector detector(set, k);
  std::uint64_t missed = 0;
  for (std::uint64_t i = 0; i < set.size(); i += stride) {
    const Centres truth = set.centres(i);
    auto image = image_of(set, shape, truth);
    if (noise > 0)
      for (std::size_t p = 0; p < image.size(); ++p) {
        const auto words = random_block(3, 4, i, static_cast<std::uint32_t>(p));
        image[p] += static_cast<float>(noise * normal_pair(words[0], words[1])[0]);
      }
    Detection found;
    detector.detect(image, {&found, 1});
    missed += found.centres[0] != truth[0] || (geometry.count == 2 && found.centres[1] != truth[1]);
    if (noise == 0) missed += found.rmse > 1e-6;
  }
  return missed;
}

}  // namespace

TEST_CASE("template correlation is the sum it says") {
  const SphereSet set({.side = 13, .radius = 3});
  for (double k : {0.0, -0.6, -0.99999}) {
    const SphereTemplate shape(set, k);
    const TemplateCorrelation correlation(shape);
    std::vector<float> images(2 * 169), scores(2 * 169);
    for (std::size_t i = 0; i < images.size(); ++i)
      images[i] = static_cast<float>(uniform01(random_word(1, 2, 3, i)));
    correlation.scores(images, scores);
    for (int image = 0; image < 2; ++image)
      for (int y = 0; y < 13; ++y)
        for (int x = 0; x < 13; ++x) {
          double expected = 0;
          for (int v = 0; v < 13; ++v)
            for (int u = 0; u < 13; ++u)
              expected += double{images[image * 169 + v * 13 + u]} * shape.at(v - y, u - x);
          REQUIRE(scores[image * 169 + y * 13 + x] == doctest::Approx(expected).epsilon(2e-6));
        }
  }
  CHECK(TemplateCorrelation(SphereTemplate(set, 0)).terms() == 1);  // exp(-dy^2) exp(-dx^2)
  const SphereSet disc({.sharp = true});
  CHECK(TemplateCorrelation(SphereTemplate(disc, 0)).terms() == 4);  // half-widths 4, 3, 2, 0
}

TEST_CASE("one sphere is found in every real image at every k") {  // TH-13
  for (Extent side : {28, 48})
    for (double k : kSharpness) CHECK(misses({.side = side}, k, 1) == 0);
  CHECK(misses({.sharp = true}, 0, 1) == 0);
  CHECK(misses({.radius = 2}, -0.6, 1) == 0);
}

TEST_CASE("ovals and rectangles are found like spheres (TH-39)") {
  for (const SphereShape shape : {SphereShape::disc, SphereShape::rectangle})
    for (const double aspect : {1.0, 2.0}) {
      CAPTURE(aspect);
      for (double k : kSharpness) CHECK(misses({.shape = shape, .aspect = aspect}, k, 1) == 0);
      CHECK(misses({.sharp = true, .shape = shape, .aspect = aspect}, 0, 1) == 0);
    }
  for (double k : {-0.8, -0.99999}) CHECK(misses({.count = 2, .aspect = 2}, k, 600) == 0);
}

TEST_CASE("two spheres are found in every real image at every k" *
          doctest::test_suite("exhaustive")) {  // TH-13
  for (double k : kSharpness) CHECK(misses({.count = 2}, k, kPairStride) == 0);
  CHECK(misses({.count = 2, .sharp = true}, 0, 10 * kPairStride) == 0);
}

TEST_CASE("spheres are found through noise") {
  for (double k : {0.0, -0.6, -0.99999}) {
    CHECK(misses({}, k, 1, 0.1) <= 400 / 100);
    CHECK(misses({.count = 2}, k, 600, 0.1) <= 113 / 20);
  }
}

TEST_CASE("no pair of the set fits a spoiled image better than the detected one") {
  const SphereSet set({.count = 2});
  for (double k : {0.0, -0.6}) {
    const SphereTemplate shape(set, k);
    const SphereDetector detector(set, k);
    for (std::uint32_t i = 0; i < 2; ++i) {
      // 0.6 of one image, 0.3 of another, noise of deviation 0.2.
      auto image = image_of(set, shape, set.centres(set.size() * (2 * i + 1) / 5));
      const auto other = image_of(set, shape, set.centres(set.size() * (2 * i + 2) / 5));
      for (std::size_t p = 0; p < image.size(); ++p) {
        const auto words = random_block(5, 6, i, static_cast<std::uint32_t>(p));
        image[p] = 0.6f * image[p] + 0.3f * other[p] +
                   static_cast<float>(0.2 * normal_pair(words[0], words[1])[0]);
      }
      double best = 784;
      for (std::uint64_t member = 0; member < set.size(); ++member) {
        const auto candidate = image_of(set, shape, set.centres(member));
        double error = 0;
        for (std::size_t p = 0; p < image.size(); ++p)
          error += (image[p] - candidate[p]) * (image[p] - candidate[p]);
        best = std::min(best, error);
      }
      Detection found;
      detector.detect(image, {&found, 1});
      CHECK(found.rmse <= std::sqrt(best / 784) * 1.00001);  // float sums
    }
  }
}

TEST_CASE("RMSE is against the rendering at the detected centres") {  // R-22, TH-16
  const SphereSet set({.sharp = true});
  const SphereTemplate shape(set, 0);
  const SphereDetector detector(set, 0);
  auto image = image_of(set, shape, {Centre{10, 12}, {}});
  image[0] = 1;  // one wrong pixel
  Detection found;
  detector.detect(image, {&found, 1});
  CHECK(found.centres[0] == Centre{10, 12});
  CHECK(found.rmse == doctest::Approx(1.0 / 28));

  std::fill(image.begin(), image.end(), 0.0f);  // nothing to find: the middle
  detector.detect(image, {&found, 1});
  CHECK(found.rmse == doctest::Approx(0.25));
}

TEST_CASE("a centre may lie anywhere in the image, two never on one sphere") {
  const SphereSet one({.sharp = true}), two({.count = 2});
  Detection found;
  SphereDetector(one, 0).detect(image_of(one, SphereTemplate(one, 0), {Centre{3, 24}, {}}),
                                {&found, 1});
  CHECK(found.centres[0] == Centre{3, 24});

  for (double k : kSharpness) {
    const SphereTemplate shape(two, k);
    std::vector<float> image(28 * 28);
    shape.render(std::array{Centre{14, 14}}, image);  // a single sphere
    SphereDetector(two, k).detect(image, {&found, 1});
    CHECK(squared_distance(found.centres[0], found.centres[1]) > 49);
    CHECK(found.centres[0] < found.centres[1]);
  }
}

TEST_CASE("images that are no numbers are survived") {
  for (int count : {1, 2}) {
    const SphereSet set({.count = count});
    const std::vector<float> image(28 * 28, std::nanf(""));
    Detection found;
    SphereDetector(set, 0).detect(image, {&found, 1});
    CHECK_FALSE(std::isfinite(found.rmse));
  }
}

TEST_SUITE_END();
