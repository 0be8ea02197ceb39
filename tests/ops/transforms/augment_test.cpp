// Mirrored, shifted and cut images: every place and both sides occur, nothing else changes,
// evaluation leaves images alone.
#include "ops/transforms/augment.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/error.h"
#include "ops/primitives/primitives.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

constexpr Extent kRows = 400, kHeight = 3, kWidth = 5;

// A row (y, x, c) -> 1 + its number, the same in every image.
std::vector<double> numbered(Extent channels) {
  std::vector<double> image;
  for (Extent n = 0; n < kRows; ++n)
    for (Extent i = 0; i < channels * kHeight * kWidth; ++i) image.push_back(1 + double(i));
  return image;
}

std::vector<double> run(const std::function<Value(Formula&, Value)>& op, Extent channels = 1,
                        bool training = true) {
  TestFormula f(kRows, "augment");
  const Value x = f.input("x", {kRows, channels, kHeight, kWidth});
  if (!training) f.evaluate_from_now();
  f.output("y", op(f, x));
  return f.run({{"x", numbered(channels)}}).at("y");
}

}  // namespace

TEST_CASE(
    "mirrored: about half of the images have their columns in reverse order, the others not") {
  const std::vector<double> y = run(Mirrored{}, 2);
  const Extent row = 2 * kHeight * kWidth;
  int mirrored = 0;
  for (Extent n = 0; n < kRows; ++n) {
    const bool is = y[n * row] != 1;
    mirrored += is;
    for (Extent i = 0; i < row; ++i)
      REQUIRE(y[n * row + i] == 1 + double(is ? i - i % kWidth + kWidth - 1 - i % kWidth : i));
  }
  CHECK(mirrored > kRows / 2 - 40);
  CHECK(mirrored < kRows / 2 + 40);
}

TEST_CASE("cutout: a square around each pixel as likely is the fill, clipped at the border") {
  // One image of the numbers, cut around (i, j), for both parities of the side.
  for (const Extent side : {2, 3}) {
    CAPTURE(side);
    const std::vector<double> y = run(Cutout{.side = side, .fill = -7}, 2);
    const Extent plane = kHeight * kWidth, row = 2 * plane;
    const auto in = [&](Extent at, Extent centre) {
      return at - centre >= -(side / 2) && at - centre <= (side - 1) / 2;
    };
    std::map<std::pair<Extent, Extent>, int> seen;
    for (Extent n = 0; n < kRows; ++n) {
      int explained = 0;
      for (Extent ci = 0; ci < kHeight; ++ci)
        for (Extent cj = 0; cj < kWidth; ++cj) {
          bool same = true;
          for (Extent i = 0; i < row; ++i) {
            const bool cut = in(i % plane / kWidth, ci) && in(i % kWidth, cj);
            same = same && y[n * row + i] == (cut ? -7 : 1 + double(i));
          }
          explained += same;
          if (same) ++seen[{ci, cj}];
        }
      REQUIRE(explained == 1);
    }
    REQUIRE(seen.size() == 15);
    for (const auto& [at, count] : seen) {
      CHECK(count > 8);  // 27 expected
      CHECK(count < 55);
    }
  }
}

TEST_CASE("shifted: every distance along both axes is as likely, and what enters is the fill") {
  const std::vector<double> y = run(Shifted{.most = 2, .fill = -7});
  const Extent row = kHeight * kWidth;
  std::map<std::pair<Extent, Extent>, int> seen;
  for (Extent n = 0; n < kRows; ++n) {
    // Which one it is: the first that explains the image.
    int explained = 0;
    for (Extent dy = -2; dy <= 2; ++dy)
      for (Extent dx = -2; dx <= 2; ++dx) {
        bool same = true;
        for (Extent i = 0; i < row; ++i) {
          const Extent h = i / kWidth + dy, w = i % kWidth + dx;
          const bool inside = h >= 0 && h < kHeight && w >= 0 && w < kWidth;
          same = same && y[n * row + i] == (inside ? 1 + double(h * kWidth + w) : -7);
        }
        explained += same;
        if (same) ++seen[{dy, dx}];
      }
    REQUIRE(explained == 1);
  }
  REQUIRE(seen.size() == 25);
  for (const auto& [at, count] : seen) {
    CHECK(count > 2);  // 16 expected
    CHECK(count < 40);
  }
}

TEST_CASE("augmentations leave images alone in evaluation and for 0 pixels") {
  CHECK(run(Cutout{.side = 2}, 1, false) == numbered(1));
  CHECK(run(Cutout{.side = 0}) == numbered(1));
  CHECK(run(Mirrored{}, 1, false) == numbered(1));
  CHECK(run(Shifted{.most = 2}, 1, false) == numbered(1));
  CHECK(run(Shifted{.most = 0}) == numbered(1));
  CHECK(run(DiffAugment{}, 1, false) == numbered(1));
  CHECK(run(DiffAugment{.probability = 0}) == numbered(1));
}

namespace {

// y = shift + scale x over an image or a pixel: by two of its values.
struct Line {
  double scale, shift;
};
Line line(double x0, double y0, double x1, double y1) {
  const double scale = (y1 - y0) / (x1 - x0);
  return {scale, y0 - scale * x0};
}

constexpr Extent kPlane = kHeight * kWidth;

}  // namespace

TEST_CASE(
    "DiffAugment's colour: brightness, saturation and contrast of the paper's distributions") {
  // Of three channels: an image minus its pixel means is scaled by saturation and contrast, means
  // of pixels by contrast alone, about the mean of the image, which moves by the brightness.
  const std::vector<double> x = numbered(3);
  const std::vector<double> y =
      run(DiffAugment{.translation = false, .cutout = false, .lo = 0, .hi = 4}, 3);
  double least[3] = {9, 9, 9}, most[3] = {-9, -9, -9}, sum[3] = {};
  for (Extent n = 0; n < kRows; ++n) {
    const double* in = &x[n * 3 * kPlane];
    const double* out = &y[n * 3 * kPlane];
    const auto pixel = [](const double* image, Extent i) {
      return (image[i] + image[i + kPlane] + image[i + 2 * kPlane]) / 3;
    };
    const Line means = line(pixel(in, 0), pixel(out, 0), pixel(in, 14), pixel(out, 14));
    const Line chroma = line(in[0] - pixel(in, 0), out[0] - pixel(out, 0), in[37] - pixel(in, 7),
                             out[37] - pixel(out, 7));
    const double middle = pixel(in, 7);  // the mean of the image, since it is a ramp
    const double drawn[3] = {means.shift + means.scale * middle - middle,
                             chroma.scale / means.scale, means.scale};
    for (Extent i = 0; i < 3 * kPlane; ++i) {
      const double m = pixel(in, i % kPlane);
      const double expected =
          middle + drawn[0] + drawn[2] * (m - middle) + drawn[2] * drawn[1] * (in[i] - m);
      REQUIRE(out[i] == doctest::Approx(expected).epsilon(1e-9));
    }
    for (int k = 0; k < 3; ++k) {
      least[k] = std::min(least[k], drawn[k]);
      most[k] = std::max(most[k], drawn[k]);
      sum[k] += drawn[k] / kRows;
    }
  }
  // Brightness in -1 .. 1 (a quarter of the range 4), saturation in 0 .. 2, contrast in 1/2 .. 3/2.
  const double lo[3] = {-1, 0, 0.5}, hi[3] = {1, 2, 1.5};
  for (int k = 0; k < 3; ++k) {
    CAPTURE(k);
    const double width = hi[k] - lo[k];
    CHECK(least[k] > lo[k]);
    CHECK(least[k] < lo[k] + 0.02 * width);
    CHECK(most[k] < hi[k]);
    CHECK(most[k] > hi[k] - 0.02 * width);
    CHECK(std::abs(sum[k] - (lo[k] + hi[k]) / 2) < 0.06 * width);  // deviation 0.0144 of the width
  }
}

TEST_CASE("DiffAugment's translation and cutout: an eighth and a half of each side, into grey") {
  // 9 x 4 pixels: by at most 1 row and 1 column; a rectangle of 5 rows and 2 columns, whose place
  // is one of 9 rows and, since 2 is even, one of 5 columns.
  constexpr Extent h = 9, w = 4;
  const auto made = [&](const DiffAugment& augment) {
    TestFormula f(kRows, "augment");
    std::vector<double> images;
    for (Extent n = 0; n < kRows; ++n)
      for (Extent i = 0; i < h * w; ++i) images.push_back(10 + double(i));
    f.output("y", augment(f, f.input("x", {kRows, 1, h, w})));
    return f.run({{"x", images}}).at("y");
  };
  const double grey = 1.5;
  const auto count = [&](const std::vector<double>& y, Extent places_h, Extent places_w,
                         const auto& expected) {
    std::map<std::pair<Extent, Extent>, int> seen;
    for (Extent n = 0; n < kRows; ++n)
      for (Extent a = 0; a < places_h; ++a)
        for (Extent b = 0; b < places_w; ++b) {
          bool same = true;
          for (Extent i = 0; i < h * w; ++i)
            same = same && y[n * h * w + i] == expected(a, b, i / w, i % w);
          if (same) ++seen[{a, b}];
        }
    return seen;
  };
  const auto moved = count(made({.colour = false, .cutout = false, .lo = 1, .hi = 2}), 3, 3,
                           [&](Extent a, Extent b, Extent i, Extent j) {
                             const Extent row = i + a - 1, column = j + b - 1;
                             const bool inside = row >= 0 && row < h && column >= 0 && column < w;
                             return inside ? 10 + double(row * w + column) : grey;
                           });
  CHECK(moved.size() == 9);
  int all = 0;
  for (const auto& [place, times] : moved) {
    CHECK(times > 20);  // 44 expected
    all += times;
  }
  CHECK(all == kRows);
  const auto cut = count(made({.colour = false, .translation = false, .lo = 1, .hi = 2}), 9, 5,
                         [&](Extent a, Extent b, Extent i, Extent j) {
                           const bool gone = i - a >= -2 && i - a <= 2 && j - b >= -1 && j - b <= 0;
                           return gone ? grey : 10 + double(i * w + j);
                         });
  CHECK(cut.size() == 45);
  all = 0;
  for (const auto& [place, times] : cut) all += times;
  CHECK(all == kRows);
}

TEST_CASE(
    "DiffAugment with a probability leaves the other images alone, each transform by itself") {
  const auto same = [](const DiffAugment& augment) {
    const std::vector<double> x = numbered(1), y = run(augment);
    int same = 0;
    for (Extent n = 0; n < kRows; ++n)
      same += std::equal(&x[n * kPlane], &x[n * kPlane] + kPlane, &y[n * kPlane]);
    return same;
  };
  // Cutout always changes something. 400 (1 - p) expected, deviation 9.
  CHECK(std::abs(same({.colour = false, .translation = false, .probability = 0.3}) - 280) < 30);
  // Translation of 3 x 5 pixels, by 0 rows and -1 .. 1 columns, leaves a third as it is:
  // 400 (1 - p) (1 - 2 p / 3) = 224.
  CHECK(std::abs(same({.colour = false, .probability = 0.3}) - 224) < 35);
}

TEST_CASE("DiffAugment: derivatives of all transforms together") {
  for (const double probability : {1.0, 0.5})
    check_gradients(
        [&](Args x) {
          TestFormula f(x[0].builder(), 3, "augment");
          return square(DiffAugment{.probability = probability}(f, x[0]));
        },
        {{{3, 2, 5, 8}}});
}

TEST_CASE("augmentations: refusals") {
  const auto refused = [](const std::function<Value(Formula&, Value)>& op, const Shape& shape) {
    TestFormula f(2, "augment");
    try {
      op(f, f.input("x", shape));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refused(Mirrored{}, {2, 9}) == "augment (Test): images are (N,C,H,W), x has shape (2,9)");
  CHECK(refused(Shifted{.most = 4}, {2, 1, 3, 5}) ==
        "augment (Test): most is 4, it must be from 0 to 3");
  CHECK(refused(Cutout{.side = 7}, {2, 1, 3, 5}) ==
        "augment (Test): side is 7, it must be from 0 to 6");
  CHECK(refused(DiffAugment{}, {2, 9}) ==
        "augment (Test): images are (N,C,H,W), x has shape (2,9)");
  CHECK(refused(DiffAugment{.probability = 2}, {2, 1, 3, 5}) ==
        "augment (Test): probability is 2, it must be from 0 to 1");
  CHECK(refused(DiffAugment{.lo = 1, .hi = 1}, {2, 1, 3, 5}) ==
        "augment (Test): hi is 1, it must be above 1");
}
