#include "ops/metrics/template_correlation.h"

#include <libxsmm.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"

namespace ganflow {
namespace {

constexpr double kTolerance = 1e-7;

// Row-major C (m, n) = A (m, k) B (k, n); libxsmm is column-major, so the factors change places.
auto product(Extent m, Extent n, Extent k) {
  const float one = 1, zero = 0;
  const auto kernel =
      libxsmm_smmdispatch(static_cast<int>(n), static_cast<int>(m), static_cast<int>(k), nullptr,
                          nullptr, nullptr, &one, &zero, nullptr, nullptr);
  if (!kernel)
    fail(Fault::usage, "libxsmm has no product ({},{}) x ({},{}) for this processor", m, k, k, n);
  return kernel;
}

struct Terms {
  std::vector<double> column, row;  // (terms, side) by |offset|
  int count = 0;
};

// Greatest entry as pivot, subtract its cross, repeat: exact for a matrix of that rank.
Terms cross_approximation(const SphereTemplate& shape) {
  const Extent n = shape.side();
  std::vector<double> rest(static_cast<std::size_t>(n * n));
  for (Extent y = 0; y < n; ++y)
    for (Extent x = 0; x < n; ++x)
      rest[y * n + x] = shape.at(static_cast<int>(y), static_cast<int>(x));
  const auto by_size = [](double a, double b) { return std::abs(a) < std::abs(b); };
  const double stop = kTolerance * *std::max_element(rest.begin(), rest.end(), by_size);
  Terms terms;
  while (terms.count < n) {
    const auto pivot = std::max_element(rest.begin(), rest.end(), by_size);
    if (std::abs(*pivot) <= stop) break;
    const Extent y = (pivot - rest.begin()) / n, x = (pivot - rest.begin()) % n;
    std::vector<double> column(n), row(n);
    for (Extent i = 0; i < n; ++i) {
      column[i] = rest[i * n + x] / *pivot;
      row[i] = rest[y * n + i];
    }
    for (Extent i = 0; i < n; ++i)
      for (Extent j = 0; j < n; ++j) rest[i * n + j] -= column[i] * row[j];
    terms.column.insert(terms.column.end(), column.begin(), column.end());
    terms.row.insert(terms.row.end(), row.begin(), row.end());
    ++terms.count;
  }
  return terms;
}

}  // namespace

TemplateCorrelation::TemplateCorrelation(const SphereTemplate& shape) : side_(shape.side()) {
  const Terms terms = cross_approximation(shape);
  const Extent n = side_;
  terms_ = terms.count;
  rows_.resize(terms_ * n * n);
  columns_.resize(terms_ * n * n);
  for (Extent t = 0; t < terms_; ++t)
    for (Extent i = 0; i < n; ++i)
      for (Extent j = 0; j < n; ++j) {
        const Extent offset = t * n + std::abs(i - j);
        rows_[(t * n + i) * n + j] = static_cast<float>(terms.row[offset]);
        columns_[(i * terms_ + t) * n + j] = static_cast<float>(terms.column[offset]);
      }
  along_x_ = product(n, n, n);
  along_y_ = product(n, n, terms_ * n);
}

void TemplateCorrelation::scores(std::span<const float> images, std::span<float> scores) const {
  const auto pixels = static_cast<std::size_t>(side_ * side_);
  std::vector<float> stacked(static_cast<std::size_t>(terms_) * pixels);
  for (std::size_t at = 0; at < images.size(); at += pixels) {
    for (int t = 0; t < terms_; ++t)
      along_x_(&rows_[t * pixels], &images[at], &stacked[t * pixels]);
    along_y_(stacked.data(), columns_.data(), &scores[at]);
  }
}

}  // namespace ganflow
