#include "apps/report/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ganflow::report {

double Axis::scaled(double value) const { return log_ ? std::log10(value) : value; }

bool Axis::shows(double value) const { return std::isfinite(value) && (!log_ || value > 0); }

void Axis::see(double value) {
  if (!shows(value)) return;
  const double v = scaled(value);
  if (empty()) low_ = high_ = v;
  low_ = std::min(low_, v);
  high_ = std::max(high_, v);
}

void Axis::place(double first, double last) {
  first_ = first;
  last_ = last;
  if (empty()) low_ = 0, high_ = 1;
  const double all = high_ - low_;
  const double margin = all > 0 ? 0.04 * all : log_ || high_ == 0 ? 0.5 : 0.1 * std::abs(high_);
  low_ -= margin;
  high_ += margin;
}

double Axis::at(double value) const {
  return first_ + (scaled(value) - low_) / (high_ - low_) * (last_ - first_);
}

std::vector<double> Axis::ticks() const {
  std::vector<double> ticks;
  if (log_ && high_ - low_ >= 1) {
    const double step = std::max(1.0, std::ceil((high_ - low_) / 6));
    for (double e = std::ceil(low_); e <= high_; e += step) ticks.push_back(std::pow(10, e));
    if (ticks.size() > 1) return ticks;
    ticks.clear();
  }
  const double low = log_ ? std::pow(10, low_) : low_, high = log_ ? std::pow(10, high_) : high_;
  const double raw = (high - low) / 5, power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * power >= 0.8 * raw) step = factor * power;
  for (double k = std::ceil(low / step); k * step <= high; ++k) ticks.push_back(k * step);
  return ticks;
}

std::string Axis::label(double tick) const {
  return std::abs(tick) >= 1e4 && std::fmod(tick, 1000) == 0 && std::abs(tick) < 1e9
             ? fmt::format("{:g}k", tick / 1000)
             : fmt::format("{:.4g}", std::abs(tick) < 1e-12 ? 0.0 : tick);
}

}  // namespace ganflow::report
