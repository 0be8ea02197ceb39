// Mirrored and shifted images: every place and both sides occur, nothing else changes, evaluation
// leaves images alone.
#include "ops/transforms/augment.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "engine/error.h"
#include "ops/primitives/primitives.h"
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

TEST_CASE("mirrored and shifted leave images alone in evaluation and for 0 pixels") {
  CHECK(run(Mirrored{}, 1, false) == numbered(1));
  CHECK(run(Shifted{.most = 2}, 1, false) == numbered(1));
  CHECK(run(Shifted{.most = 0}) == numbered(1));
}

TEST_CASE("mirrored and shifted: refusals") {
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
}
