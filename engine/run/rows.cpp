#include "engine/run/rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/error.h"

namespace ganflow {
namespace {

constexpr std::array<double, 3> kQuantiles{0.05, 0.5, 0.95};

Column step_column() { return {"step", ColumnType::int64, "1", "critic updates done"}; }

Table phase_table(const LoweredPhase& phase) {
  Table table{phase.name, "one row per step of phase " + phase.name, {step_column()}, false};
  for (const LoweredTap& tap : phase.taps) {
    if (tap.elements == 1) {
      table.columns.push_back({tap.name, ColumnType::float32, "1", tap.name});
      continue;
    }
    const std::vector<std::string> names = tap_columns(tap.name, tap.elements);
    for (std::size_t q = 0; q < kQuantiles.size(); ++q) {
      table.columns.push_back(
          {names[q], ColumnType::float32, "1",
           fmt::format("{} % quantile over {} values", 100 * kQuantiles[q], tap.elements)});
    }
  }
  return table;
}

Table evaluation_table(const LoweredEvaluation& evaluation) {
  Table table{evaluation.name, "one row per evaluation", {step_column()}, false};
  for (const MetricColumn& column : evaluation.metric->columns()) {
    table.columns.push_back({column.name, ColumnType::float64, column.unit, column.description});
  }
  return table;
}

Table timing_table(const LoweredReplica& replica) {
  Table table{
      "timing",
      "one row per commit, times since the run began or was resumed; nodes are summed over "
      "replicas",
      {step_column(),
       {"seconds", ColumnType::float64, "s", "of the clock on the wall"},
       {"steps_per_second", ColumnType::float64, "1/s", "since the row before"},
       {"writer_wait_seconds", ColumnType::float64, "s", "this replica waited for the writer"}},
      true};
  for (const std::string& node : node_names(replica)) {
    table.columns.push_back({node + ".busy_seconds", ColumnType::float64, "s", "in " + node});
  }
  return table;
}

}  // namespace

std::vector<std::string> node_names(const LoweredReplica& replica) {
  std::vector<std::pair<std::string, std::string>> names;  // room, name
  for (const LoweredPhase& phase : replica.phases) {
    for (const LoweredStage& stage : phase.stages) names.emplace_back(phase.name, stage.name);
  }
  names.emplace_back("run", "schedule");
  for (const LoweredEvaluation& e : replica.evaluations) names.emplace_back("evaluation", e.name);
  names.emplace_back("run", "writer");
  std::vector<std::string> labels;
  for (const auto& [room, name] : names) {
    const auto same = [&](const auto& other) { return other.second == name; };
    const bool twice = std::count_if(names.begin(), names.end(), same) > 1;
    labels.push_back(twice ? room + "/" + name : name);
  }
  return labels;
}

std::vector<Table> make_tables(const LoweredReplica& replica) {
  std::vector<Table> tables;
  for (const LoweredPhase& phase : replica.phases) tables.push_back(phase_table(phase));
  for (const LoweredEvaluation& evaluation : replica.evaluations) {
    if (evaluation.metric) tables.push_back(evaluation_table(evaluation));
  }
  tables.push_back(timing_table(replica));
  return tables;
}

std::optional<int> table_of(const LoweredReplica& replica, int evaluation) {
  if (!replica.evaluations[evaluation].metric) return std::nullopt;
  int table = static_cast<int>(replica.phases.size());
  for (int e = 0; e < evaluation; ++e) table += replica.evaluations[e].metric ? 1 : 0;
  return table;
}

std::array<float, 3> quantiles(std::span<const float> values, std::span<float> scratch) {
  std::array<float, 3> result;
  result.fill(std::numeric_limits<float>::quiet_NaN());
  if (std::any_of(values.begin(), values.end(), [](float v) { return std::isnan(v); })) {
    return result;
  }
  std::copy(values.begin(), values.end(), scratch.begin());
  const auto end = scratch.begin() + static_cast<std::ptrdiff_t>(values.size());
  auto sorted = scratch.begin();  // everything before it is in its place
  for (std::size_t q = 0; q < kQuantiles.size(); ++q) {
    const double position = kQuantiles[q] * static_cast<double>(values.size() - 1);
    const auto below = scratch.begin() + static_cast<std::ptrdiff_t>(position);
    std::nth_element(sorted, below, end);
    sorted = below;
    const double part = position - std::floor(position);
    // An infinite neighbour with weight 0 must not turn the result into NaN.
    const double above = part > 0 ? *std::min_element(below + 1, end) : *below;
    result[q] = static_cast<float>(part > 0 ? *below * (1 - part) + above * part : *below);
  }
  return result;
}

}  // namespace ganflow
