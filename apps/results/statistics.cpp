#include "apps/results/statistics.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace ganflow::results {
namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

Sample sample_of(std::span<const double> values) {
  const std::size_t n = values.size();
  if (n == 0) return {0, std::nan(""), std::nan(""), std::nan("")};
  const double mean = mean_of(values);
  if (n == 1) return {1, mean, 0, 0};
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  const auto count = static_cast<double>(n);
  const double deviation = std::sqrt(squares / (count - 1));
  const double t = boost::math::quantile(boost::math::students_t(count - 1), 0.975);
  return {n, mean, deviation, t * deviation / std::sqrt(count)};
}

Box box_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto quantile = [&](double q) {
    const double at = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
  };
  Box box{.first = quantile(0.25), .median = quantile(0.5), .third = quantile(0.75)};
  const double reach = 1.5 * (box.third - box.first);
  const auto inside = [&](double v) { return v >= box.first - reach && v <= box.third + reach; };
  box.low = *std::ranges::find_if(values, inside);
  box.high = *std::find_if(values.rbegin(), values.rend(), inside);
  for (const double v : values)
    if (!inside(v)) box.outliers.push_back(v);
  return box;
}

Line line_through(std::span<const double> x, std::span<const double> y) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Line line{x.size(), kNone, kNone, kNone, kNone};
  if (x.size() < 3) return line;
  const double mx = mean_of(x), my = mean_of(y);
  double xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    xy += (x[i] - mx) * (y[i] - my);
    yy += (y[i] - my) * (y[i] - my);
  }
  if (xx == 0 || yy == 0) return line;
  line.slope = xy / xx;
  line.intercept = my - line.slope * mx;
  line.r = std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
  const auto freedom = static_cast<double>(x.size() - 2);
  const double rest = 1 - line.r * line.r;
  if (rest <= 0) {
    line.p = 0;
    return line;
  }
  const double t = std::abs(line.r) * std::sqrt(freedom / rest);
  line.p = 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(freedom), t));
  return line;
}

}  // namespace ganflow::results
