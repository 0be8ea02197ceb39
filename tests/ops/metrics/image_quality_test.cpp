// The quality of images without an extractor: what every column says of real, blurred, noisy and
// equal images.
#include "ops/metrics/image_quality.h"

#include <doctest/doctest.h>

#include <cmath>

#include "ops/sources/spheres.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ops/metrics");

namespace {

constexpr Extent kSide = 28, kPixels = kSide * kSide;
const Picture kPicture{.height = kSide, .width = kSide};

struct Columns {
  double swd, swd_floor, kid_random, msssim, msssim_real, n;
};
Columns columns(const Metric& metric, const std::vector<float>& images) {
  const auto n = static_cast<Extent>(images.size()) / kPixels;
  const auto v = metric.measure({.samples = images, .n = n, .row = {kPixels}, .scalars = {}});
  REQUIRE(v.size() == metric.columns().size());
  return {v[0], v[1], v[2], v[3], v[4], v[5]};
}

}  // namespace

TEST_CASE("real images are at the floor, worse ones above it, equal ones all alike") {
  const auto source = Spheres{}.open();  // 400 images
  const auto metric = ImageQuality{.real = source, .picture = kPicture, .samples = 200}.open();
  CHECK(metric->samples() == 200);
  CHECK(metric->row_elements() == kPixels);
  std::vector<float> real(200 * kPixels);
  source->fill_main({.seed = 7}, 200, real);
  const Columns of_real = columns(*metric, real);
  CHECK(of_real.n == 200);
  CHECK(of_real.swd == doctest::Approx(of_real.swd_floor).epsilon(0.5));
  CHECK(of_real.msssim == doctest::Approx(of_real.msssim_real).epsilon(0.2));

  std::vector<float> half = real, equal = real, dim = real;
  for (Extent i = 0; i < 200; ++i)
    for (Extent y = 0; y < kSide; ++y)
      for (Extent x = 0; x < kSide; ++x) {
        const Extent at = i * kPixels + y * kSide + x;
        equal[at] = real[y * kSide + x];
        half[at] = real[i / 20 * kPixels + y * kSide + x];  // 10 of 200 images are left
        dim[at] = 0.6f * real[at];
      }
  const Columns of_half = columns(*metric, half), of_equal = columns(*metric, equal),
                of_dim = columns(*metric, dim);
  CHECK(of_half.swd > 1.5 * of_real.swd);
  CHECK(of_equal.swd > of_half.swd);
  CHECK(of_dim.swd > 1.5 * of_real.swd);
  CHECK(of_half.kid_random > 3 * std::abs(of_real.kid_random));
  CHECK(of_equal.kid_random > 10 * of_half.kid_random);
  CHECK(of_dim.kid_random > 3 * std::abs(of_real.kid_random));
  CHECK(of_equal.msssim == doctest::Approx(1));
  CHECK(of_half.msssim > 1.5 * of_real.msssim);

  half[9] = INFINITY;
  const Columns broken = columns(*metric, half);
  CHECK(std::isnan(broken.swd));
  CHECK(std::isnan(broken.kid_random));
  CHECK(std::isnan(broken.msssim));
  CHECK(broken.swd_floor == of_real.swd_floor);
}

TEST_CASE("where the images are not at hand the metric has its columns and measures nothing") {
  struct Absent : Source {
    std::vector<PortSpec> outputs(Extent batch) const override {
      return {{{batch, kPixels}, "NP"}};
    }
    bool has_items() const override { return false; }
    void fill(const Draw&, Extent, std::span<const std::span<float>>) const override {
      FAIL("read");
    }
  };
  const auto metric =
      ImageQuality{.real = std::make_shared<Absent>(), .picture = kPicture, .samples = 4}.open();
  CHECK(metric->columns().size() == 6);
  CHECK_FALSE(metric->has_data());
  CHECK(error_of([&] { columns(*metric, std::vector<float>(4 * kPixels)); }) ==
        "2 image quality: it compares with the real data; say where they are, --data SET:PATH");
  CHECK(
      ImageQuality{.real = Spheres{}.open(), .picture = kPicture, .samples = 4}.open()->has_data());
}

TEST_CASE("small sets are measured with what they have, without data there is nothing to measure") {
  const auto source = Spheres{.images = 50}.open();
  CHECK(ImageQuality{.real = source, .picture = kPicture}.open()->samples() == 25);
  CHECK(error_of([] { ImageQuality{.picture = kPicture}.open(); }) ==
        "2 image quality: it needs the source of the real data");
  CHECK(error_of([&] { ImageQuality{.real = source, .picture = kPicture, .samples = 3}.open(); }) ==
        "2 image quality: samples is 3, it must be at least 4");
  CHECK(error_of(
            [&] { ImageQuality{.real = source, .picture = {.height = 28, .width = 29}}.open(); }) ==
        "2 image quality: a real image has 784 elements, its picture 28 x 29 with 1 channels");
}

TEST_SUITE_END();
