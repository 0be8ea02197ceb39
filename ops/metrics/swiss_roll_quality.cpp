#include "ops/metrics/swiss_roll_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "ops/metrics/measured_rows.h"

namespace ganflow {
namespace {

constexpr const char* kName = "swiss roll quality";
constexpr int kParts = 50;
constexpr double kCovered = 0.05;  // of a part's fair share
// The curve as a polyline: chords stay within 2.2e-5 of it, 1/1500 of the default noise.
constexpr int kChords = 1000;

class SwissRollQualityMetric : public Metric {
 public:
  explicit SwissRollQualityMetric(const SwissRollQuality& options) : options_(options) {
    options.roll.open();
    check_samples(kName, options.samples, 1);
    if (!(options.roll.noise > 0))
      fail(Fault::usage, "{}: noise is {}, distances are measured in it, so it must be above 0",
           kName, options.roll.noise);
    if (!above(0).contains(options.within))
      fail(Fault::usage, "{}: within is {}, it must be above 0 standard deviations", kName,
           options.within);
    for (int i = 0; i <= kChords; ++i)
      curve_[i] = swiss_roll_curve(static_cast<double>(i) / kChords);
  }

  std::vector<MetricColumn> columns() const override {
    return {{"share_inside", "1",
             fmt::format("share of points within {} noise std of the curve", options_.within)},
            {"covered", "1", "share of 50 parts of the curve with a twentieth of their fair share"},
            {"n", "1", "points measured"}};
  }

  Extent samples() const override { return options_.samples; }
  std::optional<Extent> row_elements() const override { return 2; }

  std::vector<double> measure(const Measurement& m) const override {
    const auto points = measured_rows(m, kName, options_.samples, 2);
    const auto n = static_cast<double>(options_.samples);
    const double reach = options_.within * options_.roll.noise / kSwissRollScale;
    std::vector<double> part(kParts);
    double inside = 0;
    for (std::size_t i = 0; i < points.size(); i += 2) {
      const auto [chord, d2] = nearest(points[i], points[i + 1]);
      if (!(d2 <= reach * reach)) continue;
      ++inside;
      ++part[chord * kParts / kChords];
    }
    const double least = kCovered * inside / kParts;
    const auto covered =
        std::count_if(part.begin(), part.end(), [&](double c) { return c > 0 && c >= least; });
    return {inside / n, static_cast<double>(covered) / kParts, n};
  }

 private:
  struct Nearest {
    int chord;
    double d2;
  };
  Nearest nearest(double x, double y) const {
    Nearest best{0, std::numeric_limits<double>::infinity()};
    for (int i = 0; i < kChords; ++i) {
      const auto [ax, ay] = curve_[i];
      const double bx = curve_[i + 1][0] - ax, by = curve_[i + 1][1] - ay;
      const double along =
          std::clamp(((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by), 0.0, 1.0);
      const double dx = x - ax - along * bx, dy = y - ay - along * by;
      const double d2 = dx * dx + dy * dy;
      if (d2 < best.d2) best = {i, d2};
    }
    return best;
  }

  SwissRollQuality options_;
  std::array<std::array<double, 2>, kChords + 1> curve_;
};

}  // namespace

std::shared_ptr<const Metric> SwissRollQuality::open() const {
  return std::make_shared<SwissRollQualityMetric>(*this);
}

}  // namespace ganflow
