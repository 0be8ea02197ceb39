// Mean and deviation of a measure over subsets, splits or slices.
#pragma once

#include <span>

namespace ganflow {

struct MeanDeviation {
  double mean = 0, deviation = 0;  // sqrt(mean (v - mean)^2): divided by their number
};
// REQUIRES: at least one value.
MeanDeviation mean_deviation(std::span<const double> values);

}  // namespace ganflow
