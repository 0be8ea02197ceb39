#include "ops/metrics/density_kl_1d.h"

#include <algorithm>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/tensor/philox.h"
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

class DensityKl1dMetric : public Metric {
 public:
  explicit DensityKl1dMetric(const DensityKl1d& options) : options_(options) {
    check_samples(kName, options.samples, 2);
    const auto real = Gaussian1d{options.mean, options.std}.open();
    std::vector<float> draw(static_cast<std::size_t>(options.samples));
    for (Step i = 0; i < kFloorDraws; ++i) {
      real->fill_main({.stream = stream_id("density_kl_1d.floor"), .step = i}, options.samples,
                      draw);
      floor_ += kl(draw) / kFloorDraws;
    }
  }

  std::vector<MetricColumn> columns() const override {
    const std::string target = fmt::format("p = Normal({}, {}^2)", options_.mean, options_.std);
    return {{"kl", "nat", "KL(q||p), q Parzen with Scott's width, " + target},
            {"kl_floor", "nat",
             fmt::format("kl of {} draws from p, mean of 4 fixed draws", options_.samples)},
            {"mean", "1", "mean of the samples"},
            {"std", "1", "standard deviation of the samples"},
            {"n", "1", "samples measured"}};
  }

  Extent samples() const override { return options_.samples; }
  std::optional<Extent> row_elements() const override { return 1; }

  std::vector<double> measure(const Measurement& m) const override {
    const auto x = measured_rows(m, kName, options_.samples, 1);
    const auto [mean, std] = moments(x);
    return {kl(x), floor_, mean, std, static_cast<double>(x.size())};
  }

 private:
  double kl(std::span<const float> x) const {
    if (!all_finite(x)) return std::numeric_limits<double>::quiet_NaN();
    const auto n = static_cast<double>(x.size());
    const double width = moments(x).std * std::pow(n, -0.2);
    if (!(width > 0)) return std::numeric_limits<double>::infinity();

    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    const double cell = width / kCellsPerWidth, origin = *low - kReach * width;
    const auto reach = static_cast<Extent>(kReach * kCellsPerWidth);
    const auto cells = static_cast<Extent>((*high - origin) / cell) + reach + 2;
    std::vector<double> q(static_cast<std::size_t>(cells));
    const double height = 1 / (n * width * std::sqrt(2 * std::numbers::pi));
    for (float v : x) {
      const auto nearest = static_cast<Extent>((v - origin) / cell);
      for (Extent i = std::max<Extent>(0, nearest - reach); i <= nearest + reach; ++i) {
        const double d = (origin + static_cast<double>(i) * cell - v) / width;
        q[i] += height * std::exp(-0.5 * d * d);
      }
    }
    double kl = 0;
    for (Extent i = 0; i < cells; ++i) {
      const double d = (origin + static_cast<double>(i) * cell - options_.mean) / options_.std;
      const double log_p = -0.5 * d * d - std::log(options_.std * std::sqrt(2 * std::numbers::pi));
      if (q[i] > 0) kl += q[i] * (std::log(q[i]) - log_p) * cell;
    }
    return kl;
  }

  DensityKl1d options_;
  double floor_ = 0;
};

}  // namespace

std::shared_ptr<const Metric> DensityKl1d::open() const {
  return std::make_shared<DensityKl1dMetric>(*this);
}

}  // namespace ganflow
