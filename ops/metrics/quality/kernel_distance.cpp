#include "ops/metrics/quality/kernel_distance.h"

#include <algorithm>
#include <vector>

#include "ops/metrics/quality/row_products.h"
#include "ops/metrics/quality/subsets.h"

namespace ganflow {
namespace {

constexpr const char* kName = "kid";

// Adds k of `count` pairs to as many sums.
void add_kernels(const double* products, Extent count, double scale, double* sums) {
  for (Extent i = 0; i < count; ++i) {
    const double base = products[i] * scale + 1;
    sums[i] += base * base * base;
  }
}

// Sum of k over all pairs of rows of x and y; with `distinct`, over those of x and x with i < j.
double kernel_sum(const FeatureRows& x, const FeatureRows& y, bool distinct) {
  double total = 0;
  const double scale = 1 / static_cast<double>(x.width);
  each_product_tile(x, y, distinct, [&](const ProductTile& tile) {
    double sums[kRowTile] = {};  // of the columns: additions side by side
    for (Extent r = 0; r < tile.rows; ++r) {
      const Extent first = distinct && tile.row == tile.column ? r + 1 : 0;
      if (first < tile.columns)
        add_kernels(tile.values + r * tile.columns + first, tile.columns - first, scale,
                    sums + first);
    }
    for (Extent c = 0; c < tile.columns; ++c) total += sums[c];
  });
  return total;
}

}  // namespace

double squared_discrepancy(const FeatureRows& generated, const FeatureRows& real) {
  check_widths(kName, generated.width, real.width);
  if (generated.n != real.n || real.n < 2)
    fail(Fault::usage, "{}: {} generated and {} real rows, the estimate takes 2 or more of each",
         kName, generated.n, real.n);
  const auto m = static_cast<double>(real.n);
  return 2 * (kernel_sum(generated, generated, true) + kernel_sum(real, real, true)) /
             (m * (m - 1)) -
         2 * kernel_sum(generated, real, false) / (m * m);
}

MeanDeviation kernel_distance(const FeatureRows& generated, const FeatureRows& real,
                              const KernelDistanceOptions& o) {
  check_widths(kName, generated.width, real.width);
  check_subsets(kName, o.subsets, o.size, std::min(generated.n, real.n));
  std::vector<double> values;
  for (int draw = 0; draw < o.subsets; ++draw) {
    const auto g = subset(generated, o.size, {o.seed, "kid.generated", draw}),
               r = subset(real, o.size, {o.seed, "kid.real", draw});
    values.push_back(squared_discrepancy({g, o.size, generated.width}, {r, o.size, real.width}));
  }
  return mean_deviation(values);
}

}  // namespace ganflow
