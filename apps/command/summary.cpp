#include "apps/command/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/results/statistics.h"

namespace ganflow::cli {

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
  const results::Sample s = results::sample_of(values);
  return s.n < 2 ? fmt::format("{:.4g}", s.mean)
                 : fmt::format("{:.4g} +- {:.2g}", s.mean, s.half_width);
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
    for (last = first; last < members.size() && members[last].values == members[first].values &&
                       members[last].graph == members[first].graph;)
      ++last;
    Columns columns;
    std::size_t begun = 0;  // a run of several processes may end before it came to all
    for (std::size_t r = first; r < last; ++r) {
      begun += result.replicas[r].failed || result.replicas[r].step > 0;
      if (result.replicas[r].failed) continue;
      for (const auto& [table, values] : result.replicas[r].evaluations)
        for (const auto& [name, value] : values) add(columns, table + "." + name, value);
      for (const auto& [name, value] : progress.last(static_cast<int>(r)))
        add(columns, name, value);
    }
    for (const auto& [name, value] : members[first].values)
      text += fmt::format("  {}={}", name, value);
    if (!members[first].values.empty()) text += '\n';
    if (begun > 1) text += fmt::format("  mean of {} seeds with its 95 % interval\n", begun);
    text += say(columns);
  }
  for (std::size_t r = 0; r < result.replicas.size(); ++r)
    if (result.replicas[r].failed)
      text += fmt::format("  failed: {}\n", result.replicas[r].message);
  return text;
}

}  // namespace ganflow::cli
