#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "ops/transforms/background.h"
#include "ops/transforms/gaussian_blur.h"
#include "ops/transforms/path.h"
#include "ops/transforms/rescale.h"
#include "ops/transforms/tunable_sigmoid.h"
#include "references/gaussian_blur.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

TEST_CASE("tunable sigmoid: the table of TH-20") {
  TestFormula f(1, "sharpen");
  const Value x = f.input("x", {5});
  f.output("y", TunableSigmoid{}(f, x));
  const auto at = [&](double k, Precision precision = Precision::float64) {
    return f.run({{"x", {0, 0.4, 0.5, 0.75, 1}}, {"sharpen.k", {k}}}, 0, precision).at("y");
  };
  CHECK(at(0)[1] == doctest::Approx(0.4).epsilon(1e-14));
  CHECK(at(0)[3] == doctest::Approx(0.75).epsilon(1e-14));
  CHECK(std::abs(at(-0.2)[1] - 0.3636) < 5e-5);
  CHECK(std::abs(at(-0.6)[1] - 0.25) < 1e-14);
  CHECK(std::abs(at(-0.8)[1] - 0.1538) < 5e-5);
  CHECK(std::abs(at(-0.99999)[1]) < 5e-5);
  for (double k : {0.0, -0.2, -0.6, -0.8, -0.99999}) {
    const auto y = at(k);
    CHECK(std::abs(y[0]) < 1e-14);
    CHECK(y[2] == 0.5);
    CHECK(y[4] == doctest::Approx(1).epsilon(1e-14));
  }
  CHECK(at(-1) == at(-0.99999));  // clamped: no 0/0 at x = 0.5
  CHECK(at(-1, Precision::float32)[2] == 0.5);
}

TEST_CASE("tunable sigmoid follows its schedule without a new program") {
  TestFormula f(1, "sharpen");
  const Schedule k("0, then -0.6", [](Step t) { return t < 2500 ? 0 : -0.6; });
  f.output("y", TunableSigmoid{.k = k}(f, f.input("x", {1})));
  CHECK(f.run({{"x", {0.4}}}, 0).at("y")[0] == doctest::Approx(0.4));
  CHECK(f.run({{"x", {0.4}}}, 2500).at("y")[0] == doctest::Approx(0.25));
}

namespace {

std::vector<double> wave() {
  std::vector<double> image;
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j) image.push_back(std::sin(1 + 3 * i + 7 * j));
  return image;
}

void near(const std::vector<double>& got, const double* expected, double tolerance) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(got[i] - expected[i]) <= tolerance);
  }
}

}  // namespace

TEST_CASE("blur equals a direct 2-D convolution, and is the identity at sigma 0") {
  TestFormula f(1, "blur");
  const Value x = f.input("x", {1, 49});
  f.output("y", GaussianBlur{.side = 7}(f, x));
  const auto at = [&](double sigma, Precision precision = Precision::float64) {
    return f.run({{"x", wave()}, {"blur.sigma", {sigma}}}, 0, precision).at("y");
  };
  near(at(0.5), reference::kBlurHalf, 1e-14);
  near(at(1), reference::kBlurOne, 1e-14);
  near(at(3), reference::kBlurThree, 1e-14);  // radius 9, cut to the side - 1
  near(at(0), wave().data(), 0);
  near(at(0, Precision::float32), wave().data(), 1e-7);
  near(at(1, Precision::float32), reference::kBlurOne, 1e-6);
}

TEST_CASE("the kernel sums to 1: a constant image keeps its value away from the border") {
  TestFormula f(1, "blur");
  f.output("k", gaussian_band(f.input("sigma", {}), 28));
  for (double sigma : {0.0, 0.5, 1.0, 1.5, 2.0}) {
    const auto k = f.run({{"sigma", {sigma}}}).at("k");
    double sum = 0;
    int support = 0;
    for (int j = 0; j < 28; ++j) {
      sum += k[14 * 28 + j];
      support += k[14 * 28 + j] > 0;
      CHECK(k[14 * 28 + j] == k[j * 28 + 14]);
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-14));
    CHECK(support == 1 + 2 * static_cast<int>(std::ceil(3 * sigma)));
  }
}

TEST_CASE("blur treats samples and channels apart, flat or as planes") {
  TestFormula f(2, "blur");
  const Value flat = f.input("flat", {2, 18}), planes = f.input("planes", {2, 2, 3, 3});
  const GaussianBlur blur{.sigma = 0.6, .side = 3, .channels = 2};
  f.output("flat y", blur(f, flat));
  const Value y = blur(f, planes);
  CHECK(y.shape() == Shape{2, 2, 3, 3});
  f.output("planes y", y);
  std::vector<double> x(36);
  x[18 + 4] = 1;  // centre of plane 0 of sample 1
  const Tensors out = f.run({{"flat", x}, {"planes", x}});
  CHECK(out.at("flat y") == out.at("planes y"));
  for (int i = 0; i < 36; ++i) CHECK((out.at("flat y")[i] > 0) == (i >= 18 && i < 27));
  CHECK(out.at("flat y")[18 + 1] == doctest::Approx(out.at("flat y")[18 + 3]));
}

TEST_CASE("blur refuses images of another size") {
  TestFormula f(2, "blur", "GaussianBlur");
  const Value x = f.input("x", {2, 784});
  CHECK_THROWS_WITH_AS(
      GaussianBlur{.side = 32}(f, x),
      "blur (GaussianBlur): x has 784 pixels per sample, channels 1 of side 32 need 1024: "
      "x (2,784)",
      Error);
}

TEST_CASE("a background shows where images are dark (TH-39)") {
  TestFormula f(2, "background");
  const Value x = f.input("x", {2, 200});
  f.output("y", Background{.level = 0.2, .noise = 0.3}(f, x));
  Tensors in{{"x", std::vector<double>(400)}};
  for (std::size_t i = 0; i < 100; ++i) in["x"][i] = 1;
  for (std::size_t i = 100; i < 150; ++i) in["x"][i] = 0.5;
  const auto y = f.run(in).at("y");
  double least = 1, most = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    const double behind = (y[i] - in["x"][i]) / std::max(1e-9, 1 - in["x"][i]);
    if (i < 100) {
      CHECK(y[i] == 1);
      continue;
    }
    REQUIRE((behind >= 0.2 && behind <= 0.5));
    least = std::min(least, behind);
    most = std::max(most, behind);
  }
  CHECK(least < 0.22);
  CHECK(most > 0.48);
  CHECK(f.run(in, 1).at("y") != y);  // other noise at the next step
}

TEST_CASE("rescale maps ranges") {
  TestFormula f(1, "scale", "Rescale");
  const Value x = f.input("x", {3});
  f.output("symmetric", Rescale{}(f, x));
  f.output("bytes", Rescale{.from_hi = 255, .to_lo = 0}(f, x));
  const Tensors out = f.run({{"x", {0, 0.25, 1}}});
  CHECK(out.at("symmetric") == std::vector<double>{-1, -0.5, 1});
  CHECK(out.at("bytes")[2] == doctest::Approx(1.0 / 255));
  CHECK_THROWS_WITH_AS((Rescale{.from_lo = 1, .from_hi = 1}(f, x)),
                       "scale (Rescale): from_lo and from_hi are both 1, they must differ", Error);
}

TEST_CASE("a path goes straight from its first row's a to its first row's b") {
  TestFormula f(6, "path", "Path");
  const Value a = f.input("a", {6, 2}), b = f.input("b", {6, 2});
  f.output("y", Path{.frames = 3}(f, a, b));
  const std::vector<double> from{0, 1, 9, 9, 9, 9, 5, -1, 9, 9, 9, 9};
  const std::vector<double> to{4, 1, 7, 7, 7, 7, -3, 0, 7, 7, 7, 7};
  CHECK(f.run({{"a", from}, {"b", to}}).at("y") ==
        std::vector<double>{0, 1, 2, 1, 4, 1, 5, -1, 1, -0.5, -3, 0});
  TestFormula cut(5, "path", "Path");
  cut.output("y", Path{.frames = 3}(cut, cut.input("a", {5, 1}), cut.input("b", {5, 1})));
  CHECK(cut.run({{"a", {0, 9, 9, 5, 9}}, {"b", {4, 7, 7, -3, 7}}}).at("y") ==
        std::vector<double>{0, 2, 4, 5, 1});
  CHECK_THROWS_WITH_AS((Path{.frames = 1}(f, a, b)),
                       "path (Path): frames are 1, a path needs at least 2", Error);
}

TEST_SUITE_END();
