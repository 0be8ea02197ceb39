#include "ops/metrics/centre_distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "ops/metrics/measured_rows.h"
#include "ops/metrics/sphere_detector.h"

namespace ganflow {
namespace {

constexpr const char* kName = "centre distance";

class CentreDistanceMetric : public Metric {
 public:
  explicit CentreDistanceMetric(const CentreDistance& options)
      : options_(options), set_(options.data.spheres.geometry()) {
    check_samples(kName, options.samples, 1);
    options.data.open();
  }

  std::vector<MetricColumn> columns() const override {
    return {{"mean", "px", "mean distance of the two detected centres"},
            {"std", "px", "its standard deviation"},
            {"ks", "1", "Kolmogorov's distance of it from the data's Normal law"},
            {"n", "1", "images measured"}};
  }

  Extent samples() const override { return options_.samples; }
  std::optional<Extent> row_elements() const override {
    return set_.geometry().side * set_.geometry().side;
  }
  std::map<std::string, MetricScalar> scalars() const override {
    return {{"k", {options_.k, between(-1, 0), "sharpness at which spheres are looked for"}}};
  }

  std::vector<double> measure(const Measurement& m) const override {
    const Extent side = set_.geometry().side;
    const auto images = measured_rows(m, kName, options_.samples, side * side);
    std::vector<Detection> found(static_cast<std::size_t>(options_.samples));
    SphereDetector(set_, m.scalars.at("k")).detect(images, found);

    const auto n = static_cast<double>(found.size());
    std::vector<double> distances;
    double mean = 0, variance = 0, ks = 0;
    for (const Detection& d : found) {
      distances.push_back(std::sqrt(squared_distance(d.centres[0], d.centres[1])));
      mean += distances.back() / n;
    }
    for (const double d : distances) variance += (d - mean) * (d - mean) / n;
    std::ranges::sort(distances);
    for (std::size_t i = 0; i < distances.size(); ++i) {
      const double z = (distances[i] - options_.data.mean) / options_.data.std;
      const double law = std::erfc(-z / std::numbers::sqrt2) / 2;
      const auto below = static_cast<double>(i) / n;
      ks = std::max({ks, std::abs(law - below), std::abs(law - below - 1 / n)});
    }
    return {mean, std::sqrt(variance), ks, n};
  }

 private:
  CentreDistance options_;
  SphereSet set_;
};

}  // namespace

std::shared_ptr<const Metric> CentreDistance::open() const {
  return std::make_shared<CentreDistanceMetric>(*this);
}

}  // namespace ganflow
