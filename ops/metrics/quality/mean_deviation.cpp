#include "ops/metrics/quality/mean_deviation.h"

#include <cmath>

namespace ganflow {

MeanDeviation mean_deviation(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  const double mean = sum / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {mean, std::sqrt(squares / n)};
}

}  // namespace ganflow
