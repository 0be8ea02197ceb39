// Statistics of repeated runs. Distributions are Boost.Math's.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ganflow::results {

// Mean of values, their standard deviation (n - 1) and the half width of the mean's 95 % confidence
// interval (Student's t); both 0 for one value, and nan for none.
struct Sample {
  std::size_t n = 0;
  double mean = 0, deviation = 0, half_width = 0;
};
Sample sample_of(std::span<const double> values);

// The five numbers of a box plot: quartiles by linear interpolation between order statistics, the
// whiskers' ends the farthest values within 1.5 times the box from it, and what lies beyond.
struct Box {
  double low = 0, first = 0, median = 0, third = 0, high = 0;
  std::vector<double> outliers;
};
// At least one value.
Box box_of(std::vector<double> values);

// Least squares y = intercept + slope x; r is Pearson's, p that of the two-sided t-test of r = 0
// with n - 2 degrees of freedom. nan for fewer than three points or no spread in x or y.
struct Line {
  std::size_t n = 0;
  double slope = 0, intercept = 0, r = 0, p = 0;
};
Line line_through(std::span<const double> x, std::span<const double> y);

}  // namespace ganflow::results
