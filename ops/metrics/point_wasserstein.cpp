#include "ops/metrics/point_wasserstein.h"

#include <limits>
#include <vector>

#include "engine/tensor/philox.h"
#include "ops/metrics/assignment.h"
#include "ops/metrics/measured_rows.h"

namespace ganflow {
namespace {

constexpr const char* kName = "point Wasserstein";
constexpr Extent kMaxSamples = 5000;
constexpr int kFloorDraws = 2;

class PointWassersteinMetric : public Metric {
 public:
  explicit PointWassersteinMetric(const PointWasserstein& options) : options_(options) {
    if (!options.real) fail(Fault::usage, "{}: real is not set, give it an opened source", kName);
    check_samples(kName, options.samples, 1);
    if (options.samples > kMaxSamples)
      fail(Fault::usage, "{}: samples is {}, the exact assignment takes at most {}", kName,
           options.samples, kMaxSamples);
    // Draws are steps of the source: a finite set must hold them all in one epoch.
    const auto wanted = static_cast<std::uint64_t>((kFloorDraws + 1) * options.samples);
    if (const auto size = options.real->size(); size && *size < wanted)
      fail(Fault::usage, "{}: the real set has {} items, {} samples need {}, ask for fewer", kName,
           *size, options.samples, wanted);
    axes_ = options.real->spec(1).shape.elements();
    real_ = draw(0);
    for (Step i = 1; i <= kFloorDraws; ++i) floor_ += distance(draw(i)) / kFloorDraws;
  }

  std::vector<MetricColumn> columns() const override {
    return {{"w1", "1", fmt::format("exact W1 to {} real points", options_.samples)},
            {"w1_floor", "1",
             fmt::format("w1 of {} further real points, mean of 2 fixed draws", options_.samples)},
            {"n", "1", "points measured"}};
  }

  Extent samples() const override { return options_.samples; }

  std::vector<double> measure(const Measurement& m) const override {
    const auto points = measured_rows(m, kName, options_.samples, axes_);
    const double w1 =
        all_finite(points) ? distance(points) : std::numeric_limits<double>::quiet_NaN();
    return {w1, floor_, static_cast<double>(options_.samples)};
  }

 private:
  std::vector<float> draw(Step step) const {
    std::vector<float> points(static_cast<std::size_t>(options_.samples * axes_));
    options_.real->fill_main({.stream = stream_id("point_wasserstein"), .step = step},
                             options_.samples, points);
    return points;
  }
  double distance(std::span<const float> points) const {
    return exact_wasserstein(options_.samples, axes_, points, real_);
  }

  PointWasserstein options_;
  Extent axes_ = 0;
  std::vector<float> real_;
  double floor_ = 0;
};

}  // namespace

std::shared_ptr<const Metric> PointWasserstein::open() const {
  return std::make_shared<PointWassersteinMetric>(*this);
}

}  // namespace ganflow
