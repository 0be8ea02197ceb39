#include "ops/metrics/quality/kernel_distance.h"

#include <algorithm>
#include <vector>

#include "ops/metrics/quality/row_products.h"
#include "ops/metrics/quality/subsets.h"

namespace ganflow {
namespace {

constexpr const char* kName = "kid";

double kernel(double product, double width) {
  const double base = product / width + 1;
  return base * base * base;
}

// Sum of k over all pairs of rows of x and y.
double kernel_sum(const FeatureRows& x, const FeatureRows& y) {
  double total = 0;
  const auto width = static_cast<double>(x.width);
  each_product_tile(x, y, false, [&](const ProductTile& tile) {
    double sum = 0;
    for (Extent i = 0; i < tile.rows * tile.columns; ++i) sum += kernel(tile.values[i], width);
    total += sum;
  });
  return total;
}

// Sum of k over all ordered pairs of different rows.
double kernel_sum(const FeatureRows& x) {
  double total = 0;
  const auto width = static_cast<double>(x.width);
  each_product_tile(x, x, true, [&](const ProductTile& tile) {
    double sum = 0;
    for (Extent r = 0; r < tile.rows; ++r)
      for (Extent c = tile.row == tile.column ? r + 1 : 0; c < tile.columns; ++c)
        sum += kernel(tile.values[r * tile.columns + c], width);
    total += 2 * sum;
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
  return (kernel_sum(generated) + kernel_sum(real)) / (m * (m - 1)) -
         2 * kernel_sum(generated, real) / (m * m);
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
