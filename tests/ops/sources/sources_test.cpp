// What every source promises, and the moments of the toy data.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <set>
#include <vector>

#include "engine/error.h"
#include "ops/sources/gaussian1d.h"
#include "ops/sources/gaussians2d.h"
#include "ops/sources/line.h"
#include "ops/sources/memory_set.h"
#include "ops/sources/spheres.h"
#include "ops/sources/swiss_roll.h"

using namespace ganflow;

TEST_SUITE_BEGIN("ops/sources");

namespace {

std::vector<float> batch_of(const Source& source, Extent batch, Step step, std::uint64_t seed = 1,
                            std::uint32_t stream = 2) {
  std::vector<float> out(source.spec(batch).shape.elements(), -77.0f);
  source.fill_main({.seed = seed, .stream = stream, .step = step}, batch, out);
  return out;
}

std::shared_ptr<const Source> bytes_source(bool with_replacement = false) {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>();
  for (int i = 0; i < 256; ++i) bytes->insert(bytes->end(), {std::uint8_t(i), 255, 0});
  return MemorySet{.name = "bytes",
                   .bytes = bytes,
                   .item = {3},
                   .axes = "P",
                   .range = PixelRange::symmetric,
                   .with_replacement = with_replacement}
      .open();
}

}  // namespace

TEST_CASE("a batch is a function of seed, stream and step") {
  const std::shared_ptr<const Source> sources[] = {
      Spheres{}.open(),     Spheres{.count = 2, .with_replacement = true}.open(),
      Gaussian1d{}.open(),  Gaussians8{}.open(),
      Gaussians25{}.open(), SwissRoll{}.open(),
      Gaussians2{}.open(),  Gaussians3{}.open(),
      Line{.at = 2}.open(), bytes_source(),
      bytes_source(true)};
  for (const auto& source : sources) {
    const auto base = batch_of(*source, 32, 5);
    batch_of(*source, 32, 6);  // nothing is remembered
    CHECK(batch_of(*source, 32, 5) == base);
    CHECK(batch_of(*source, 32, 6) != base);
    CHECK(batch_of(*source, 32, 5, 9) != base);
    CHECK(batch_of(*source, 32, 5, 1, 9) != base);
    CHECK(source->spec(32).shape.rows() == 32);
    CHECK(source->spec(32).axes[0] == 'N');
    for (float v : base) REQUIRE(v != -77.0f);
  }
}

TEST_CASE("an epoch of spheres shows every image once") {
  const auto source = Spheres{}.open();
  CHECK(source->size() == 400);
  CHECK(source->spec(5).shape == Shape{5, 784});
  CHECK(source->spec(5).axes == "NP");
  std::set<std::vector<float>> seen;
  for (Step step = 0; step < 8; ++step) {
    const auto batch = batch_of(*source, 50, step);
    for (int i = 0; i < 50; ++i) {
      const std::vector<float> image(&batch[i * 784], &batch[i * 784] + 784);
      for (float v : image) REQUIRE((v >= 0 && v <= 1));
      seen.insert(image);
    }
  }
  CHECK(seen.size() == 400);
}

TEST_CASE("half the set is a fixed random half") {
  const auto source = Spheres{.subset = 0.5}.open();
  CHECK(source->size() == 200);
  std::set<std::vector<float>> images;
  for (std::uint64_t seed : {1, 2, 3})
    for (Step step = 0; step < 4; ++step) {
      const auto batch = batch_of(*source, 50, step, seed);
      for (int i = 0; i < 50; ++i) images.emplace(&batch[i * 784], &batch[i * 784] + 784);
    }
  CHECK(images.size() == 200);  // the same images for every seed of a replica

  const auto other = Spheres{.images = 200, .subset_seed = 1}.open();
  int common = 0;
  for (Step step = 0; step < 4; ++step) {
    const auto batch = batch_of(*other, 50, step);
    for (int i = 0; i < 50; ++i)
      common += images.count(std::vector<float>(&batch[i * 784], &batch[i * 784] + 784));
  }
  CHECK(common == doctest::Approx(100).epsilon(0.3));  // hypergeometric: sd 5
}

TEST_CASE("parts of a sphere set that make no sense are refused") {
  CHECK_THROWS_WITH_AS(Spheres{.images = 401}.open(),
                       "spheres: images = 401 are wanted, the set has 400, ask for at most 400",
                       Error);
  CHECK_THROWS_WITH_AS((Spheres{.subset = 0.5, .images = 200}.open()),
                       "spheres: both images = 200 and subset = 0.5 are given, keep one of them",
                       Error);
  CHECK_THROWS_WITH_AS(Spheres{.subset = 1.5}.open(),
                       "spheres: subset is 1.5, it must be a fraction above 0 and at most 1",
                       Error);
  CHECK_THROWS_WITH_AS(Spheres{.subset = 0.001}.open(),
                       "spheres: subset 0.001 of 400 images is none, make it at least 0.0025",
                       Error);
}

TEST_CASE("a line stands at one place, from 0 to 1") {
  const auto x = batch_of(*Line{.at = -2}.open(), 10000, 0);
  double mean = 0;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    REQUIRE(x[i] == -2);
    REQUIRE((x[i + 1] >= 0 && x[i + 1] < 1));
    mean += x[i + 1] / 1e4;
  }
  CHECK(mean == doctest::Approx(0.5).epsilon(0.03));
  CHECK_THROWS_WITH_AS(Line{.at = INFINITY}.open(), "line: at is inf, it must be finite", Error);
}

TEST_CASE("moments of the 1-D Gaussian") {
  const auto x = batch_of(*Gaussian1d{}.open(), 100000, 0);
  double mean = 0, square = 0;
  for (float v : x) mean += v / 1e5;
  for (float v : x) square += (v - mean) * (v - mean) / 1e5;
  CHECK(std::abs(mean + 0.6) < 5 / std::sqrt(1e5));
  CHECK(std::abs(square - 1) < 5 * std::sqrt(2 / 1e5));
  CHECK_THROWS_WITH_AS(Gaussian1d{.std = 0}.open(),
                       "gaussian1d: mean -0.6 and std 0 must be finite and std above 0", Error);
}

TEST_CASE("planar mixtures have their modes, spread and share") {
  struct Case {
    std::shared_ptr<const Source> source;
    Mixture mixture;
    double span;  // largest coordinate of a mode
  };
  for (const Case& c : {Case{Gaussians8{}.open(), gaussians8(), 2 / 1.414},
                        Case{Gaussians25{}.open(), gaussians25(), 4 / 2.828}}) {
    constexpr Extent kSamples = 50000;
    const auto x = batch_of(*c.source, kSamples, 0);
    const auto modes = c.mixture.modes.size();
    std::vector<double> count(modes);
    double square = 0, span = 0;
    for (Extent i = 0; i < kSamples; ++i) {
      double nearest = 1e9;
      std::size_t mode = 0;
      for (std::size_t m = 0; m < modes; ++m) {
        const double d =
            std::hypot(x[2 * i] - c.mixture.modes[m][0], x[2 * i + 1] - c.mixture.modes[m][1]);
        if (d < nearest) nearest = d, mode = m;
      }
      ++count[mode];
      square += nearest * nearest / kSamples;
    }
    for (const auto& mode : c.mixture.modes) span = std::max(span, mode[0]);
    CHECK(span == doctest::Approx(c.span));
    CHECK(std::sqrt(square / 2) == doctest::Approx(c.mixture.std).epsilon(0.02));
    const double share = double(kSamples) / modes;
    for (double n : count) CHECK(std::abs(n - share) < 5 * std::sqrt(share));
  }
  CHECK(gaussians8().std == doctest::Approx(0.02 / 1.414));
  CHECK(gaussians25().std == doctest::Approx(0.05 / 2.828));
}

TEST_CASE("moments of the Swiss roll") {
  // E[t cos t] / 7.5 over t in [1.5 pi, 4.5 pi]: (cos t + t sin t) / (3 pi) between the ends.
  constexpr double kPi = std::numbers::pi;
  const auto x = batch_of(*SwissRoll{}.open(), 200000, 0);
  double mean[2] = {}, square = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mean[i % 2] += x[i] / 2e5;
  for (float v : x) square += double{v} * v / 2e5;
  const double expected_x =
      (4.5 * kPi + 1.5 * kPi) / (3 * kPi) / 7.5;  // sin(4.5 pi) = 1, sin(1.5 pi) = -1
  const double expected_z = 2 / (3 * kPi) / 7.5;  // sin t - t cos t, cos = 0 at both ends
  // E[t^2] = (b^3 - a^3) / (3 (b - a)), plus the noise of both axes.
  const double a = 1.5 * kPi, b = 4.5 * kPi;
  const double expected_square =
      ((b * b * b - a * a * a) / (3 * (b - a)) + 2 * 0.25 * 0.25) / (7.5 * 7.5);
  CHECK(std::abs(mean[0] - expected_x) < 5 * 0.95 / std::sqrt(2e5));
  CHECK(std::abs(mean[1] - expected_z) < 5 * 0.95 / std::sqrt(2e5));
  CHECK(square == doctest::Approx(expected_square).epsilon(0.01));
  CHECK_THROWS_WITH_AS(SwissRoll{.noise = -1}.open(),
                       "swissroll: noise is -1, it must be finite and at least 0", Error);
}

TEST_CASE("bytes in memory become pixels") {
  const auto source = bytes_source();
  CHECK(source->size() == 256);
  CHECK(source->spec(2).shape == Shape{2, 3});
  std::set<float> first;
  for (Step step = 0; step < 4; ++step) {
    const auto x = batch_of(*source, 64, step);
    for (int i = 0; i < 64; ++i) {
      first.insert(x[3 * i]);
      REQUIRE(x[3 * i + 1] == 1);
      REQUIRE(x[3 * i + 2] == -1);
    }
  }
  CHECK(first.size() == 256);

  auto one =
      std::make_shared<std::vector<std::uint8_t>>(std::vector<std::uint8_t>{0, 51, 255, 102});
  const auto image =
      MemorySet{.name = "one", .bytes = one, .item = {1, 2, 2}, .axes = "CHW"}.open();
  CHECK(image->spec(1).shape == Shape{1, 1, 2, 2});
  CHECK(image->spec(1).axes == "NCHW");
  CHECK(batch_of(*image, 1, 0) == std::vector<float>{0, 0.2f, 1, 0.4f});

  CHECK_THROWS_WITH_AS((MemorySet{.name = "one", .bytes = one, .item = {3}, .axes = "P"}.open()),
                       "one: 4 bytes are no whole number of items (3) of 3 bytes", Error);
  CHECK_THROWS_WITH_AS((MemorySet{.name = "one", .bytes = one, .item = {4}, .axes = "HW"}.open()),
                       "one: axes 'HW' names 2 axes, an item (4) has 1", Error);
  CHECK_THROWS_WITH_AS((MemorySet{.name = "one", .item = {4}, .axes = "P"}.open()),
                       "one: the data set holds no item", Error);
}

namespace {

// 60 items of one byte 4 i, labelled i % 7.
MemorySet labelled() {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>();
  auto labels = std::make_shared<std::vector<std::uint16_t>>();
  for (int i = 0; i < 60; ++i) {
    bytes->push_back(static_cast<std::uint8_t>(4 * i));
    labels->push_back(static_cast<std::uint16_t>(i % 7));
  }
  return {.name = "set", .bytes = bytes, .item = {1}, .axes = "P", .labels = labels, .classes = 7};
}

}  // namespace

TEST_CASE("labels stay with their items, an epoch shows every pair once") {
  const auto source = labelled().open();
  const auto specs = source->outputs(20);
  REQUIRE(specs.size() == 2);
  CHECK(specs[1].name == "label");
  CHECK(specs[1].shape == Shape{20});
  CHECK(specs[1].axes == "N");
  CHECK(specs[1].classes == 7);
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::set<int> seen;
    for (Step step = 0; step < 3; ++step) {
      std::vector<float> item(20), label(20), alone(20);
      const Draw draw{.seed = 4, .stream = 9, .step = 3 * static_cast<Step>(epoch) + step};
      const std::span<float> both[] = {item, label}, second[] = {{}, alone};
      source->fill(draw, 20, both);
      source->fill(draw, 20, second);
      CHECK(alone == label);  // the same draw, whatever else is read
      for (int i = 0; i < 20; ++i) {
        const int index = static_cast<int>(std::lround(item[i] * 255 / 4));
        CHECK(label[i] == static_cast<float>(index % 7));
        seen.insert(index);
      }
    }
    CHECK(seen.size() == 60);
  }
}

TEST_CASE("dequantisation fills every grey level evenly and exactly") {  // MU-12
  auto bytes = std::make_shared<std::vector<std::uint8_t>>(20011, std::uint8_t{0});
  for (std::size_t i = 0; i < bytes->size(); i += 2) (*bytes)[i] = 255;
  MemorySet set{.name = "set", .bytes = bytes, .item = {20011}, .axes = "P", .dequantise = true};
  const auto unit = set.open();
  set.range = PixelRange::symmetric;
  const auto symmetric = set.open();
  const auto x = batch_of(*unit, 1, 3), y = batch_of(*symmetric, 1, 3);
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double u = double{x[i]} * 256 - (*bytes)[i];
    REQUIRE((u >= 0 && u < 1));
    REQUIRE(double{y[i]} == 2 * double{x[i]} - 1);
    mean += u / 20011;
    square += (u - 0.5) * (u - 0.5) / 20011;
  }
  CHECK(std::abs(mean - 0.5) < 5 * std::sqrt(1.0 / 12 / 20011));
  CHECK(square == doctest::Approx(1.0 / 12).epsilon(0.03));
  // Neighbours, rows and steps have noise of their own.
  CHECK(batch_of(*unit, 1, 4) != x);
  CHECK(batch_of(*unit, 1, 3) == x);
  int equal = 0;
  for (std::size_t i = 2; i < x.size(); ++i) equal += x[i] == x[i - 2];
  CHECK(equal < 5);  // of 20,009 pairs with 2^-16 each
  set.item = {1};
  set.with_replacement = true;
  const auto rows = batch_of(*set.open(), 500, 0);
  CHECK(std::set<float>(rows.begin(), rows.end()).size() > 490);
}

TEST_CASE("labels that do not fit the items are refused") {
  MemorySet set = labelled();
  set.classes = 6;
  CHECK_THROWS_WITH_AS(set.open(), "set: a label is 6, 6 classes are numbered 0 to 5", Error);
  set.item = {2};
  CHECK_THROWS_WITH_AS(set.open(), "set: 60 labels for 30 items, there must be one for each",
                       Error);
}

TEST_SUITE_END();
