// MNIST as the measures see it: its test set is nearest to its training set, and what is wrong with
// images is seen by the measures that are made for it. Needs the files below GANFLOW_DATA.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "io/data/idx.h"
#include "ops/metrics/quality/frechet_distance.h"
#include "ops/metrics/quality/kernel_distance.h"
#include "ops/metrics/quality/ms_ssim.h"
#include "ops/metrics/quality/neighbourhoods.h"
#include "ops/metrics/quality/random_features.h"
#include "ops/metrics/quality/sliced_wasserstein.h"
#include "support/quality_sets.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("exhaustive");

namespace {

constexpr Extent kCount = 2000, kSide = 28, kPixels = kSide * kSide;
const Picture kPicture{.height = kSide, .width = kSide};
using Images = std::vector<float>;

// Evenly from the whole set: the first digits of either part were written by other people.
Extent nth(const ImageSet& set, Extent i) { return i * (set.count / kCount); }
Images some_images(const ImageSet& set) {
  Images images;
  for (Extent i = 0; i < kCount; ++i)
    for (Extent p = 0; p < kPixels; ++p)
      images.push_back(static_cast<float>(set.bytes[nth(set, i) * kPixels + p]) / 255);
  return images;
}

// Those whose label is below `classes`, again and again.
Images of_classes(const ImageSet& set, const Images& images, int classes) {
  std::vector<Extent> rows;
  for (Extent i = 0; i < kCount; ++i)
    if (set.labels[nth(set, i)] < classes) rows.push_back(i);
  Images result;
  for (Extent i = 0; i < kCount; ++i) {
    const auto row = images.begin() + rows[i % static_cast<Extent>(rows.size())] * kPixels;
    result.insert(result.end(), row, row + kPixels);
  }
  return result;
}

Images blurred(const Images& images) {
  Images result = images;
  for (Extent i = 0; i < kCount; ++i)
    for (Extent y = 1; y + 1 < kSide; ++y)
      for (Extent x = 1; x + 1 < kSide; ++x) {
        float sum = 0;
        for (Extent v = -1; v <= 1; ++v)
          for (Extent u = -1; u <= 1; ++u) sum += images[i * kPixels + (y + v) * kSide + x + u];
        result[i * kPixels + y * kSide + x] = sum / 9;
      }
  return result;
}

Images noisy(const Images& images) {
  Images result;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const double noise = 0.4 * mixed_bell(5, static_cast<std::uint32_t>(i), 0);
    result.push_back(static_cast<float>(std::clamp(images[i] + noise, 0.0, 1.0)));
  }
  return result;
}

struct Measures {
  double fid, kid, swd, msssim;
  Neighbourhoods near;
};

class Against {
 public:
  explicit Against(const Images& real)
      : real_(features(real)),
        gaussian_(feature_statistics(real_)),
        balls_(real_),
        pixels_({real, kCount, kPixels}, random_directions(256, kPixels, 0)) {}

  Measures measure(const std::string& name, const Images& images) const {
    const FeatureSet rows = features(images);
    double similarity = 0;
    for (Extent i = 0; i < kCount; i += 2)
      similarity += similar_(similar_.prepare(images.data() + i * kPixels),
                             similar_.prepare(images.data() + (i + 1) * kPixels)) *
                    2 / kCount;
    const Measures m{.fid = gaussian_.distance(feature_statistics(rows)),
                     .kid = squared_discrepancy(rows, real_),
                     .swd = pixels_.distance({images, kCount, kPixels}),
                     .msssim = similarity,
                     .near = balls_.measure(rows)};
    MESSAGE(name, ": fid ", m.fid, " kid ", m.kid, " swd ", m.swd, " msssim ", m.msssim,
            " precision ", m.near.precision, " recall ", m.near.recall, " density ", m.near.density,
            " coverage ", m.near.coverage);
    return m;
  }

 private:
  FeatureSet features(const Images& images) const {
    return {random_.features(images.data(), kCount), kCount, random_.width()};
  }

  RandomFeatures random_{kPicture};
  MsSsim similar_{kPicture};
  FeatureSet real_;
  FrechetReference gaussian_;
  NeighbourhoodReference balls_;
  SlicedWassersteinReference pixels_;
};

}  // namespace

TEST_CASE("real digits are best, each fault is worse in its direction, for every measure") {
  const char* root = std::getenv("GANFLOW_DATA");
  if (!root || !std::filesystem::exists(std::string(root) + "/mnist")) {
    MESSAGE("skipped: GANFLOW_DATA has no mnist");
    return;
  }
  const ImageSet train = read_idx_set(std::string(root) + "/mnist"),
                 test = read_idx_set(std::string(root) + "/mnist", Split::test);
  const Images digits = some_images(test);
  const Against against(some_images(train));
  const Measures real = against.measure("test set", digits),
                 half = against.measure("5 classes missing", of_classes(test, digits, 5)),
                 one = against.measure("one class", of_classes(test, digits, 1)),
                 blur = against.measure("blurred", blurred(digits)),
                 noise = against.measure("noise", noisy(digits));
  for (const Measures& worse : {half, one, blur, noise}) {
    CHECK(worse.fid > 1.4 * real.fid);
    CHECK(worse.kid > 1.4 * real.kid);
    CHECK(worse.swd > 1.4 * real.swd);
    CHECK(worse.near.coverage < 0.8 * real.near.coverage);
    CHECK(worse.near.recall < 0.8 * real.near.recall);
  }
  for (const Measures& dropped : {half, one}) {
    CHECK(dropped.near.precision > 0.9 * real.near.precision);
    CHECK(dropped.near.density > 0.8 * real.near.density);
  }
  for (const Measures& spoilt : {blur, noise}) {
    CHECK(spoilt.near.precision < 0.6 * real.near.precision);
    CHECK(spoilt.near.density < 0.5 * real.near.density);
  }
  CHECK(one.msssim > 1.5 * real.msssim);
  CHECK(one.fid > half.fid);
  CHECK(one.near.recall < half.near.recall);
}

TEST_SUITE_END();
