#include "ops/metrics/parzen_likelihood.h"

#include <algorithm>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/tensor/philox.h"
#include "ops/metrics/measured_rows.h"

namespace ganflow {
namespace {

constexpr const char* kName = "parzen likelihood";

class ParzenLikelihoodMetric : public Metric {
 public:
  explicit ParzenLikelihoodMetric(const ParzenLikelihood& options) : options_(options) {
    if (!options.real) fail(Fault::usage, "{}: real is not set, give it an opened source", kName);
    check_samples(kName, options.samples, 1);
    if (options.points < 1)
      fail(Fault::usage, "{}: points is {}, it must be at least 1", kName, options.points);
    if (!above(0).contains(options.width))
      fail(Fault::usage, "{}: width is {}, it must be above 0", kName, options.width);
    elements_ = options.real->spec(1).shape.elements();
    points_ = draw(0, options.points);
    real_ = parzen_log_likelihood(draw(1, options.samples), points_, elements_, options.width);
  }

  std::vector<MetricColumn> columns() const override {
    const std::string window = fmt::format("Parzen, width {}", options_.width);
    return {{"log_likelihood", "nat",
             fmt::format("mean of {} real points, {}", options_.points, window)},
            {"log_likelihood_real", "nat",
             fmt::format("the same under {} further real points", options_.samples)},
            {"n", "1", "samples of the window"}};
  }

  Extent samples() const override { return options_.samples; }
  std::optional<Extent> row_elements() const override { return elements_; }

  std::vector<double> measure(const Measurement& m) const override {
    const auto rows = measured_rows(m, kName, options_.samples, elements_);
    const double mean = all_finite(rows)
                            ? parzen_log_likelihood(rows, points_, elements_, options_.width)
                            : std::numeric_limits<double>::quiet_NaN();
    return {mean, real_, static_cast<double>(options_.samples)};
  }

 private:
  std::vector<float> draw(Step step, Extent n) const {
    std::vector<float> rows(static_cast<std::size_t>(n * elements_));
    options_.real->fill_main({.stream = stream_id("parzen_likelihood"), .step = step}, n, rows);
    return rows;
  }

  ParzenLikelihood options_;
  Extent elements_ = 0;
  std::vector<float> points_;
  double real_ = 0;
};

}  // namespace

double parzen_log_likelihood(std::span<const float> samples, std::span<const float> points,
                             Extent elements, double width) {
  const auto f = static_cast<std::size_t>(elements);
  const std::size_t n = samples.size() / f, m = points.size() / f;
  const double scale = 1 / (2 * width * width);
  const double norm = static_cast<double>(f) / 2 * std::log(2 * std::numbers::pi * width * width) +
                      std::log(static_cast<double>(n));
  std::vector<double> exponents(n);
  double total = 0;
  for (std::size_t j = 0; j < m; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      double d2 = 0;
      for (std::size_t e = 0; e < f; ++e) {
        const double d = static_cast<double>(points[j * f + e]) - samples[i * f + e];
        d2 += d * d;
      }
      exponents[i] = -d2 * scale;
    }
    const double greatest = *std::max_element(exponents.begin(), exponents.end());
    double sum = 0;  // nothing underflows for good
    for (const double e : exponents) sum += std::exp(e - greatest);
    total += greatest + std::log(sum) - norm;
  }
  return total / static_cast<double>(m);
}

std::shared_ptr<const Metric> ParzenLikelihood::open() const {
  return std::make_shared<ParzenLikelihoodMetric>(*this);
}

}  // namespace ganflow
