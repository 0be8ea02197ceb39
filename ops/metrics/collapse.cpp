#include "ops/metrics/collapse.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/tensor/philox.h"
#include "ops/metrics/measured_rows.h"

namespace ganflow {
namespace {

constexpr const char* kName = "collapse";

class CollapseMetric : public Metric {
 public:
  explicit CollapseMetric(const Collapse& options) : least_(options.least), n_(options.samples) {
    if (!options.real) fail(Fault::usage, "{}: it needs the source of the real data", kName);
    if (!(least_ > 0 && least_ < 1))
      fail(Fault::usage, "{}: least is {}, it must lie between 0 and 1 of the real distance", kName,
           least_);
    if (const auto size = options.real->size()) n_ = std::min(n_, static_cast<Extent>(*size));
    check_samples(kName, n_, 2);
    const Shape shape = options.real->spec(n_).shape;
    elements_ = shape.row_elements();
    if (!options.real->has_items()) return;  // measure() says so
    std::vector<float> rows(static_cast<std::size_t>(shape.elements()));
    options.real->fill_main({.seed = 0, .stream = stream_id(kName), .step = 0}, n_, rows);
    real_ = mean_pair_distance(n_, elements_, rows);
    if (!(real_ > 0))
      fail(Fault::usage, "{}: {} real samples have the mean distance {}, there is nothing to lose",
           kName, n_, real_);
  }

  std::vector<MetricColumn> columns() const override {
    return {{"ratio", "1", "mean distance of generated pairs over that of real pairs"},
            {"distance", "1", "mean distance of generated pairs"}};
  }
  Extent samples() const override { return n_; }
  std::optional<Extent> row_elements() const override { return elements_; }
  bool has_data() const override { return real_ > 0; }

  std::vector<double> measure(const Measurement& m) const override {
    if (!has_data()) fail_without_data(kName);
    const double distance =
        mean_pair_distance(n_, elements_, measured_rows(m, kName, n_, elements_));
    const double ratio = distance / real_;
    if (!(ratio >= least_))
      fail(Fault::replica,
           "the samples have collapsed: the mean distance of {} of them is {:.4g} of the real "
           "ones', less than {}",
           n_, ratio, least_);
    return {ratio, distance};
  }

 private:
  double least_, real_ = 0;
  Extent n_, elements_ = 0;
};

}  // namespace

double mean_pair_distance(Extent n, Extent axes, std::span<const float> rows) {
  double sum = 0;
  for (Extent i = 0; i < n; ++i)
    for (Extent j = 0; j < i; ++j) {
      const float *a = rows.data() + i * axes, *b = rows.data() + j * axes;
      double square = 0;
      for (Extent x = 0; x < axes; ++x) {
        const double difference = static_cast<double>(a[x]) - b[x];
        square += difference * difference;
      }
      sum += std::sqrt(square);
    }
  return sum / (static_cast<double>(n) * static_cast<double>(n - 1) / 2);
}

std::shared_ptr<const Metric> Collapse::open() const {
  return std::make_shared<CollapseMetric>(*this);
}

}  // namespace ganflow
