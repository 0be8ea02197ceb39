#include "apps/command/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace ganflow::cli {

Interval interval95(const std::vector<double>& values) {
  // 97.5 % quantiles of Student's t for 1..30 degrees of freedom; the normal's beyond.
  static constexpr std::array<double, 30> kT = {
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
      2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
      2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  const std::size_t n = values.size();
  if (n == 0) return {std::nan(""), 0};
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n);
  if (n == 1) return {mean, 0};
  double squares = 0;
  for (double v : values) squares += (v - mean) * (v - mean);
  const double t = n - 2 < kT.size() ? kT[n - 2] : 1.96;
  return {mean, t * std::sqrt(squares / static_cast<double>(n - 1) / static_cast<double>(n))};
}

namespace {

// Column values of the members [first, last) that did not fail.
using Columns = std::vector<std::pair<std::string, std::vector<double>>>;

void add(Columns& columns, const std::string& name, double value) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](auto& c) { return c.first == name; });
  if (found == columns.end())
    columns.emplace_back(name, std::vector<double>{value});
  else
    found->second.push_back(value);
}

std::string say(const std::vector<double>& values) {
  const Interval i = interval95(values);
  return values.size() < 2 ? fmt::format("{:.4g}", i.mean)
                           : fmt::format("{:.4g} +- {:.2g}", i.mean, i.half_width);
}

std::string say(const Columns& columns) {
  const auto floor_of = [&](const std::string& name) {
    return std::find_if(columns.begin(), columns.end(),
                        [&](auto& c) { return c.first == name + "_floor"; });
  };
  std::string text;
  for (const auto& [name, values] : columns) {
    if (name.ends_with("_floor") || !headline(name)) continue;
    text += fmt::format("  {:<20} {}", name, say(values));
    if (const auto floor = floor_of(name); floor != columns.end())
      text += fmt::format("  (floor {})", say(floor->second));
    text += '\n';
  }
  return text;
}

}  // namespace

std::string summary(const std::vector<Member>& members, const RunResult& result,
                    const ProgressView& progress) {
  std::string text;
  for (std::size_t first = 0, last; first < members.size(); first = last) {
    for (last = first; last < members.size() && members[last].values == members[first].values;)
      ++last;
    Columns columns;
    for (std::size_t r = first; r < last; ++r) {
      if (result.replicas[r].failed) continue;
      for (const auto& [table, values] : result.replicas[r].evaluations)
        for (const auto& [name, value] : values) add(columns, table + "." + name, value);
      for (const auto& [name, value] : progress.last(static_cast<int>(r)))
        add(columns, name, value);
    }
    for (const auto& [name, value] : members[first].values)
      text += fmt::format("  {}={}", name, value);
    if (!members[first].values.empty()) text += '\n';
    if (last - first > 1)
      text += fmt::format("  mean of {} seeds with its 95 % interval\n", last - first);
    text += say(columns);
  }
  for (std::size_t r = 0; r < result.replicas.size(); ++r)
    if (result.replicas[r].failed)
      text += fmt::format("  failed: {}\n", result.replicas[r].message);
  return text;
}

}  // namespace ganflow::cli
