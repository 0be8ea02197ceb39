#include "ops/metrics/density_kl_1d.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/tensor/philox.h"
#include "ops/metrics/divergences.h"
#include "ops/metrics/measured_rows.h"
#include "ops/sources/gaussian1d.h"

namespace ganflow {
namespace {

constexpr const char* kName = "density KL";
constexpr int kFloorDraws = 4;
constexpr double kReach = 8;        // of a kernel, in bandwidths; exp(-32) is below rounding
constexpr int kCellsPerWidth = 10;  // of the integration grid

struct Moments {
  double mean = 0, std = 0;
};

Moments moments(std::span<const float> x) {
  const auto n = static_cast<double>(x.size());
  Moments m;
  for (float v : x) m.mean += v / n;
  for (float v : x) m.std += (v - m.mean) * (v - m.mean) / (n - 1);
  m.std = std::sqrt(m.std);
  return m;
}

// Adds a kernel's values at `count` cells that lie one behind another in direction `step` of one
// where it is `value`, d bandwidths from its middle: exp(-(d + i h)^2 / 2) by its ratios, which
// fall by exp(-h^2) from cell to cell. Off by 1e-12 of itself at most.
void add_flank(double* q, Extent step, Extent count, double value, double d) {
  constexpr double h = 1.0 / kCellsPerWidth;
  double ratio = std::exp(-h * (d + h / 2));
  const double fall = std::exp(-h * h);
  for (Extent i = 1; i <= count; ++i) {
    value *= ratio;
    ratio *= fall;
    q[i * step] += value;
  }
}

class DensityKl1dMetric : public Metric {
 public:
  explicit DensityKl1dMetric(const DensityKl1d& options) : options_(options) {
    check_samples(kName, options.samples, 2);
    const auto real = Gaussian1d{options.mean, options.std}.open();
    std::vector<float> draw(static_cast<std::size_t>(options.samples));
    for (Step i = 0; i < kFloorDraws; ++i) {
      real->fill_main({.stream = stream_id("density_kl_1d.floor"), .step = i}, options.samples,
                      draw);
      floor_ += apart(draw).kl / kFloorDraws;
    }
  }

  std::vector<MetricColumn> columns() const override {
    const std::string target = fmt::format("p = Normal({}, {}^2)", options_.mean, options_.std);
    return {{"kl", "nat", "KL(q||p), q Parzen with Scott's width, " + target},
            {"kl_floor", "nat",
             fmt::format("kl of {} draws from p, mean of 4 fixed draws", options_.samples)},
            {"mean", "1", "mean of the samples"},
            {"std", "1", "standard deviation of the samples"},
            {"js", "nat", "JS(p,q) of the same densities"},
            {"critic_loss", "nat", "2 log 2 - 2 js, the loss of the best critic"},
            {"n", "1", "samples measured"}};
  }

  Extent samples() const override { return options_.samples; }
  std::optional<Extent> row_elements() const override { return 1; }

  std::vector<double> measure(const Measurement& m) const override {
    const auto x = measured_rows(m, kName, options_.samples, 1);
    const auto [mean, std] = moments(x);
    const Apart d = apart(x);
    return {d.kl,
            floor_,
            mean,
            std,
            d.js,
            Divergences{.js = d.js}.critic_loss(),
            static_cast<double>(x.size())};
  }

 private:
  struct Apart {
    double kl = 0, js = 0;
  };
  Apart apart(std::span<const float> x) const {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    if (!all_finite(x)) return {kNan, kNan};
    const auto n = static_cast<double>(x.size());
    const double width = moments(x).std * std::pow(n, -0.2);
    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    if (*low == *high || !(width > 0)) {  // the mean of equal numbers is another, by rounding
      constexpr double kInfinite = std::numeric_limits<double>::infinity();
      return {kInfinite, std::numbers::ln2};
    }

    const double cell = width / kCellsPerWidth, origin = *low - kReach * width;
    const auto reach = static_cast<Extent>(kReach * kCellsPerWidth);
    const auto cells = static_cast<Extent>((*high - origin) / cell) + reach + 2;
    std::vector<double> q(static_cast<std::size_t>(cells));
    const double height = 1 / (n * width * std::sqrt(2 * std::numbers::pi));
    for (float v : x) {
      const auto nearest = static_cast<Extent>((v - origin) / cell);
      const double d = (origin + static_cast<double>(nearest) * cell - v) / width;
      const double peak = height * std::exp(-0.5 * d * d);
      q[nearest] += peak;
      add_flank(q.data() + nearest, 1, reach, peak, d);
      add_flank(q.data() + nearest, -1, std::min(reach, nearest), peak, -d);
    }
    Apart d;
    double covered = 0;  // of p, by the grid
    for (Extent i = 0; i < cells; ++i) {
      const double z = (origin + static_cast<double>(i) * cell - options_.mean) / options_.std;
      const double log_p = -0.5 * z * z - std::log(options_.std * std::sqrt(2 * std::numbers::pi));
      const double p = std::exp(log_p), log_m = std::log((p + q[i]) / 2);
      covered += p * cell;
      if (q[i] > 0) d.kl += q[i] * (std::log(q[i]) - log_p) * cell;
      if (q[i] > 0) d.js += q[i] * (std::log(q[i]) - log_m) / 2 * cell;
      if (p > 0) d.js += p * (log_p - log_m) / 2 * cell;
    }
    d.js += std::numbers::ln2 / 2 * std::max(0.0, 1 - covered);  // where there are no samples
    d.js = std::min(d.js, std::numbers::ln2);                    // but for rounding
    return d;
  }

  DensityKl1d options_;
  double floor_ = 0;
};

}  // namespace

std::shared_ptr<const Metric> DensityKl1d::open() const {
  return std::make_shared<DensityKl1dMetric>(*this);
}

}  // namespace ganflow
