#include "ops/metrics/mode_coverage.h"

#include <limits>
#include <vector>

#include "ops/metrics/measured_rows.h"
#include "ops/sources/gaussians2d.h"

namespace ganflow {
namespace {

constexpr const char* kName = "mode coverage";

Mixture mixture(ToyMixture set) {
  switch (set) {
    case ToyMixture::gaussians2:
      return gaussians2();
    case ToyMixture::gaussians3:
      return gaussians3();
    case ToyMixture::gaussians8:
      return gaussians8();
    case ToyMixture::gaussians25:
      break;
  }
  return gaussians25();
}

class ModeCoverageMetric : public Metric {
 public:
  explicit ModeCoverageMetric(const ModeCoverage& options)
      : options_(options), mixture_(mixture(options.set)) {
    check_samples(kName, options.samples, 1);
    if (!above(0).contains(options.within))
      fail(Fault::usage, "{}: within is {}, it must be above 0 std", kName, options.within);
    if (!(options.covered >= 0 && options.covered <= 1))
      fail(Fault::usage, "{}: covered is {}, it must lie in 0..1 of a mode's fair share", kName,
           options.covered);
  }

  std::vector<MetricColumn> columns() const override {
    const auto modes = mixture_.modes.size();
    return {{"modes", "1",
             fmt::format("modes of {} with {} of their fair share within {} std", modes,
                         options_.covered, options_.within)},
            {"modes_hit", "1",
             fmt::format("modes of {} with a point within {} std", modes, options_.within)},
            {"share_inside", "1",
             fmt::format("share of points within {} std of the nearest mode", options_.within)},
            {"n", "1", "points measured"}};
  }

  Extent samples() const override { return options_.samples; }
  std::optional<Extent> row_elements() const override { return mixture_.axes; }

  std::vector<double> measure(const Measurement& m) const override {
    const auto points = measured_rows(m, kName, options_.samples, mixture_.axes);
    const auto n = static_cast<double>(options_.samples);
    const double reach = options_.within * mixture_.std;
    std::vector<double> inside(mixture_.modes.size());
    const auto axes = static_cast<std::size_t>(mixture_.axes);
    for (std::size_t i = 0; i < points.size(); i += axes) {
      double nearest = std::numeric_limits<double>::infinity();
      std::size_t mode = 0;
      for (std::size_t c = 0; c < inside.size(); ++c) {
        double d2 = 0;
        for (std::size_t axis = 0; axis < axes; ++axis) {
          const double d = points[i + axis] - mixture_.modes[c][axis];
          d2 += d * d;
        }
        if (d2 < nearest) nearest = d2, mode = c;
      }
      if (nearest <= reach * reach) ++inside[mode];
    }
    const double least = options_.covered * n / static_cast<double>(inside.size());
    double modes = 0, hit = 0, total = 0;
    for (double count : inside) {
      total += count;
      hit += count > 0;
      modes += count > 0 && count >= least;
    }
    return {modes, hit, total / n, n};
  }

 private:
  ModeCoverage options_;
  Mixture mixture_;
};

}  // namespace

std::shared_ptr<const Metric> ModeCoverage::open() const {
  return std::make_shared<ModeCoverageMetric>(*this);
}

}  // namespace ganflow
