#include "ops/metrics/image_quality.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "engine/tensor/philox.h"
#include "ops/metrics/measured_rows.h"
#include "ops/metrics/quality/kernel_distance.h"
#include "ops/metrics/quality/ms_ssim.h"
#include "ops/metrics/quality/random_features.h"
#include "ops/metrics/quality/sliced_wasserstein.h"

namespace ganflow {
namespace {

constexpr const char* kName = "image quality";
constexpr Extent kDirections = 512;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Two draws of `n` images one after the other, so that a finite set gives each image once.
std::vector<float> two_draws(const Source& real, Extent n, Extent elements) {
  std::vector<float> rows(static_cast<std::size_t>(2 * n * elements));
  const auto half = static_cast<std::ptrdiff_t>(rows.size() / 2);
  for (const int draw : {0, 1})
    real.fill_main(
        {.seed = 0, .stream = stream_id("image_quality"), .step = static_cast<Step>(draw)}, n,
        std::span(rows.begin() + draw * half, rows.begin() + (draw + 1) * half));
  return rows;
}

class ImageQualityMetric : public Metric {
 public:
  explicit ImageQualityMetric(const ImageQuality& o)
      : of_(o.of),
        n_(measured(o)),
        elements_(o.picture.channels * o.picture.height * o.picture.width),
        similarity_(o.picture),
        random_(o.picture) {
    if (!o.real->has_items()) return;
    const std::vector<float> drawn = two_draws(*o.real, n_, elements_);
    const FeatureRows both{drawn, 2 * n_, elements_}, real = both.part(0, n_);
    pixels_.emplace(real, random_directions(kDirections, elements_, 0));
    swd_floor_ = pixels_->distance(both.part(n_, n_));
    features_ = random_.features(drawn.data(), n_);
    msssim_real_ = mean_similarity(real.values);
  }

  std::vector<MetricColumn> columns() const override {
    return {
        {"swd", "1",
         fmt::format("sliced Wasserstein distance of pixels of {} samples to as many images of "
                     "{}, {} directions, both drawn by seed 0",
                     n_, of_, kDirections)},
        {"swd_floor", "1", "swd of as many further images of " + of_},
        {"kid_random", "1",
         fmt::format("squared discrepancy of {} random features of {} samples to those of the "
                     "same real images, unbiased, kernel (x . y / d + 1)^3",
                     random_.width(), n_)},
        {"msssim", "1",
         fmt::format("mean MS-SSIM of {} pairs of samples; {}", n_ / 2, similarity_.rule())},
        {"msssim_real", "1", fmt::format("mean MS-SSIM of {} pairs of images of {}", n_ / 2, of_)},
        {"n", "1", "images measured"}};
  }
  Extent samples() const override { return n_; }
  std::optional<Extent> row_elements() const override { return elements_; }
  bool has_data() const override { return pixels_.has_value(); }

  std::vector<double> measure(const Measurement& m) const override {
    if (!has_data()) fail_without_data(kName);
    const auto rows = measured_rows(m, kName, n_, elements_);
    const auto n = static_cast<double>(n_);
    if (!all_finite(rows)) return {kNan, swd_floor_, kNan, kNan, msssim_real_, n};
    const std::vector<float> features = random_.features(rows.data(), n_);
    return {pixels_->distance({rows, n_, elements_}),
            swd_floor_,
            squared_discrepancy({features, n_, random_.width()}, {features_, n_, random_.width()}),
            mean_similarity(rows),
            msssim_real_,
            n};
  }

 private:
  static Extent measured(const ImageQuality& o) {
    if (!o.real) fail(Fault::usage, "{}: it needs the source of the real data", kName);
    Extent n = o.samples;
    if (const auto size = o.real->size()) n = std::min(n, static_cast<Extent>(*size) / 2);
    check_samples(kName, n, 4);
    const Extent image = o.picture.channels * o.picture.height * o.picture.width,
                 row = o.real->spec(n).shape.row_elements();
    if (image != row)
      fail(Fault::usage, "{}: a real image has {} elements, its picture {} x {} with {} channels",
           kName, row, o.picture.height, o.picture.width, o.picture.channels);
    return n;
  }
  // Of neighbours 0 1, 2 3, ...: independent pairs.
  double mean_similarity(std::span<const float> images) const {
    double sum = 0;
    for (Extent i = 0; i + 1 < n_; i += 2) {
      const float* image = images.data() + i * elements_;
      sum += similarity_(similarity_.prepare(image), similarity_.prepare(image + elements_));
    }
    return sum / static_cast<double>(n_ / 2);
  }

  std::string of_;
  Extent n_, elements_;
  MsSsim similarity_;
  RandomFeatures random_;
  // Of the real images, if they are at hand.
  std::optional<SlicedWassersteinReference> pixels_;
  std::vector<float> features_;
  double swd_floor_ = 0, msssim_real_ = 0;
};

}  // namespace

std::shared_ptr<const Metric> ImageQuality::open() const {
  return std::make_shared<ImageQualityMetric>(*this);
}

}  // namespace ganflow
