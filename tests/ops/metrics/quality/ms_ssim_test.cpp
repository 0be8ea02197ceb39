// MS-SSIM, slices of frames and their sharpness.
#include "ops/metrics/quality/ms_ssim.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "ops/metrics/quality/image_slices.h"
#include "references/quality_measures.h"
#include "support/quality_sets.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ops/metrics");

namespace {

std::vector<float> mixed(const std::vector<float>& x, const std::vector<float>& y, float share) {
  std::vector<float> result;
  for (std::size_t i = 0; i < x.size(); ++i) result.push_back((1 - share) * x[i] + share * y[i]);
  return result;
}

double compare(const MsSsim& similarity, const std::vector<float>& x, const std::vector<float>& y) {
  return similarity(similarity.prepare(x.data()), similarity.prepare(y.data()));
}

}  // namespace

TEST_CASE("MS-SSIM equals pytorch-msssim where every scale holds its window") {
  const double expected[] = {reference::kMsSsim1[0], reference::kMsSsim3[0]};
  for (const Extent channels : {1, 3}) {
    const auto x = mixed_image(50, static_cast<std::uint32_t>(channels), 176);
    const auto other = mixed_image(51, static_cast<std::uint32_t>(channels), 176);
    std::vector<float> y;
    for (std::size_t i = 0; i < x.size(); ++i) y.push_back(0.7f * x[i] + 0.3f * other[i]);
    for (const WindowRule rule : {WindowRule::shrink, WindowRule::fixed}) {
      const MsSsim similarity({.height = 176, .width = 176, .channels = channels}, rule);
      CHECK(compare(similarity, x, y) == doctest::Approx(expected[channels / 3]).epsilon(1e-6));
    }
  }
}

TEST_CASE("small images by the published rule for them, and by fewer scales") {
  const auto x = mixed_image(60, 1, 28), other = mixed_image(61, 1, 28);
  const auto y = mixed(x, other, 0.5f);
  const MsSsim shrink({.height = 28, .width = 28}),
      fixed({.height = 28, .width = 28}, WindowRule::fixed);
  CHECK(compare(shrink, x, y) == doctest::Approx(reference::kMsSsimSmall[0]).epsilon(1e-9));
  CHECK(compare(fixed, x, y) == doctest::Approx(reference::kMsSsimSmall[1]).epsilon(1e-9));
  CHECK(shrink.rule() == "5 scales, window min(11, side)");
  CHECK(fixed.rule() == "2 scales, window 11");
  // Odd sides at every scale, not square.
  const MsSsim odd({.height = 25, .width = 31});
  CHECK(compare(odd, mixed_image(60, 1, 28), mixed_image(60, 1, 28)) == doctest::Approx(1));
}

TEST_CASE("MS-SSIM: 1 for equal images, symmetric, of the pixels' range; lower for less alike") {
  const auto x = mixed_image(70, 3, 32), y = mixed_image(71, 3, 32);
  const MsSsim unit({.height = 32, .width = 32, .channels = 3}),
      symmetric({.height = 32, .width = 32, .channels = 3, .lo = -1});
  CHECK(compare(unit, x, x) == doctest::Approx(1).epsilon(1e-12));
  CHECK(compare(unit, x, y) == compare(unit, y, x));
  CHECK(compare(unit, x, mixed(x, y, 0.2f)) > compare(unit, x, mixed(x, y, 0.6f)));
  CHECK(compare(unit, x, mixed(x, y, 0.6f)) > compare(unit, x, y));
  // c is of contrasts alone, so twice the range with twice the contrast is the same up to l.
  std::vector<float> wide_x, wide_y;
  for (const float v : x) wide_x.push_back(2 * v);
  for (const float v : y) wide_y.push_back(2 * v);
  CHECK(compare(symmetric, wide_x, wide_y) == doctest::Approx(compare(unit, x, y)).epsilon(1e-9));
  auto inverse = x;  // negative covariances count as 0
  for (float& v : inverse) v = 1 - v;
  CHECK(compare(unit, x, inverse) == 0);
  inverse[7] = NAN;
  CHECK(std::isnan(compare(unit, x, inverse)));
}

TEST_CASE("slices: constant ones give 1, by hand for three frames") {
  const MsSsim similarity({.height = 28, .width = 28});
  const auto a = mixed_image(80, 1, 28), b = mixed_image(81, 1, 28), c = mixed(a, b, 0.5f);
  std::vector<float> images;
  for (const auto* frame : {&a, &a, &a, &a, &c, &b})
    images.insert(images.end(), frame->begin(), frame->end());
  const SlicedMsSsim sliced = sliced_ms_ssim(similarity, images, 3);
  const double ac = compare(similarity, a, c), cb = compare(similarity, c, b),
               ab = compare(similarity, a, b);
  const double pairs = (ac + cb + ab) / 3, adjacent = (ac + cb) / 2;
  CHECK(sliced.pairs.mean == doctest::Approx((1 + pairs) / 2));
  CHECK(sliced.pairs.deviation == doctest::Approx((1 - pairs) / 2));
  CHECK(sliced.adjacent.mean == doctest::Approx((1 + adjacent) / 2));
  CHECK(sliced.adjacent.mean > sliced.pairs.mean);
  CHECK_THROWS_WITH_AS(sliced_ms_ssim(similarity, images, 4),
                       "slices: 4704 numbers in slices of 4 frames of 784 elements, give whole "
                       "slices of at least 2 frames",
                       Error);
}

TEST_CASE("sharpness: by hand, a mixture of two images is less sharp than they are") {
  // Laplacians of the four inner pixels: of a point of height 2 at (1, 1) -8, 2, 2, 0.
  std::vector<float> point(16);
  point[5] = 2;
  CHECK(sharpness({.height = 4, .width = 4}, point.data()) ==
        doctest::Approx((64 + 4 + 4) / 4.0 - (-4 / 4.0) * (-4 / 4.0)));
  const auto a = mixed_image(80, 3, 32), b = mixed_image(81, 3, 32);
  std::vector<float> mixture, jump;
  for (int i = 0; i < 5; ++i) {
    const auto frame = mixed(a, b, static_cast<float>(i) / 4);
    mixture.insert(mixture.end(), frame.begin(), frame.end());
    const auto& end = i < 3 ? a : b;
    jump.insert(jump.end(), end.begin(), end.end());
  }
  const Picture picture{.height = 32, .width = 32, .channels = 3};
  const SliceSharpness soft = slice_sharpness(picture, mixture, 5),
                       hard = slice_sharpness(picture, jump, 5);
  CHECK(soft.ends == hard.ends);
  CHECK(hard.inner == doctest::Approx(1).epsilon(0.05));
  CHECK(soft.inner < 0.8);
  CHECK_THROWS_WITH_AS(sharpness({.height = 2, .width = 4}, point.data()),
                       "sharpness: images are 2 x 4 with 1 channels, give at least 3 x 3 with 1",
                       Error);
}

TEST_CASE("images that MS-SSIM cannot compare are refused") {
  CHECK_THROWS_WITH_AS(MsSsim({.channels = 0}),
                       "ms-ssim: samples are points, it compares images of 1 or more channels",
                       Error);
  CHECK_THROWS_WITH_AS(MsSsim({.height = 10, .width = 28}, WindowRule::fixed),
                       "ms-ssim: images are 10 x 28 pixels, a window of 11 does not fit, let it "
                       "shrink",
                       Error);
}

TEST_SUITE_END();
