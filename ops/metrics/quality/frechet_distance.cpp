#include "ops/metrics/quality/frechet_distance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/metrics/quality/linear_algebra.h"
#include "ops/metrics/quality/subsets.h"

namespace ganflow {
namespace {

constexpr const char* kName = "fid";
constexpr Extent kRows = 512;  // centred and multiplied at once

// The covariance with what is added to its diagonal; refused where it is singular by its rows.
std::vector<double> regular(const FeatureStatistics& s, double regularise) {
  const Extent d = s.width;
  if (regularise == 0 && s.n <= d)
    fail(Fault::usage,
         "{}: {} rows have a singular covariance of {} features, give at least {} rows or "
         "regularise",
         kName, s.n, d, d + 1);
  std::vector<double> covariance = s.covariance;
  for (Extent i = 0; i < d; ++i) covariance[i * d + i] += regularise;
  return covariance;
}

}  // namespace

FeatureStatistics feature_statistics(const FeatureRows& x) {
  if (x.n < 2) fail(Fault::usage, "{}: {} rows have no covariance, give at least 2", kName, x.n);
  const Extent d = x.width;
  FeatureStatistics s{.n = x.n, .width = d};
  s.mean.resize(static_cast<std::size_t>(d));
  s.covariance.resize(static_cast<std::size_t>(d * d));
  for (Extent i = 0; i < x.n; ++i)
    for (Extent j = 0; j < d; ++j) s.mean[j] += x.row(i)[j];
  for (double& m : s.mean) m /= static_cast<double>(x.n);
  std::vector<double> rows(static_cast<std::size_t>(kRows * d)), columns(rows.size());
  for (Extent first = 0; first < x.n; first += kRows) {
    const Extent count = std::min(kRows, x.n - first);
    for (Extent i = 0; i < count; ++i)
      for (Extent j = 0; j < d; ++j)
        rows[i * d + j] = columns[j * kRows + i] = x.row(first + i)[j] - s.mean[j];
    multiply_add(d, d, count, columns.data(), kRows, rows.data(), d, s.covariance.data(), d);
  }
  for (double& c : s.covariance) c /= static_cast<double>(x.n - 1);
  return s;
}

FrechetReference::FrechetReference(FeatureStatistics real, double regularise)
    : real_(std::move(real)), regularise_(regularise) {
  if (!(regularise >= 0))
    fail(Fault::usage, "{}: regularise is {}, it must be at least 0", kName, regularise);
  auto [values, vectors] = symmetric_eigen(real_.width, regular(real_, regularise));
  factor_ = std::move(vectors);
  // Rounding makes eigenvalues of a singular matrix slightly negative; they are 0.
  for (std::size_t i = 0; i < factor_.size(); ++i)
    factor_[i] *= std::sqrt(std::max(0.0, values[i / values.size()]));
}

double FrechetReference::distance(const FeatureStatistics& generated) const {
  check_widths(kName, generated.width, real_.width);
  const Extent d = real_.width;
  const std::vector<double> right = symmetric_factor(d, regular(generated, regularise_));
  std::vector<double> product(static_cast<std::size_t>(d * d));
  multiply_add(d, d, d, factor_.data(), d, right.data(), d, product.data(), d);
  const std::vector<double> shared = singular_values(d, d, std::move(product));
  double total = -2 * std::accumulate(shared.begin(), shared.end(), 0.0);
  for (Extent i = 0; i < d; ++i) {
    const double apart = generated.mean[i] - real_.mean[i];
    total += apart * apart + generated.covariance[i * d + i] + real_.covariance[i * d + i] +
             2 * regularise_;
  }
  return std::max(0.0, total);  // rounding of equal sets
}

std::vector<double> subset_frechet_distances(const FeatureRows& generated,
                                             const FrechetReference& real,
                                             const SubsetDraws& options) {
  check_subsets(kName, options.draws, options.size, generated.n);
  std::vector<double> distances;
  for (int draw = 0; draw < options.draws; ++draw) {
    const std::vector<float> rows =
        subset(generated, options.size, {options.seed, "fid.subsets", draw});
    distances.push_back(real.distance(feature_statistics({rows, options.size, generated.width})));
  }
  return distances;
}

}  // namespace ganflow
