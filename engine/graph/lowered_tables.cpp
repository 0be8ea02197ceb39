#include "engine/graph/lowered_tables.h"

#include <algorithm>

#include "engine/error.h"

namespace ganflow {
namespace {

Column step_column() { return {"step", ColumnType::int64, "1", "critic updates done"}; }

Table phase_table(const LoweredPhase& phase) {
  std::vector<Column> columns{step_column()};
  for (const LoweredTap& tap : phase.taps) {
    const auto& [unit, description] = tap.text;
    if (tap.elements == 1) {
      columns.push_back(
          {tap.name, ColumnType::float32, unit, description.empty() ? tap.name : description});
      continue;
    }
    const std::vector<std::string> names = tap_columns(tap.name, tap.elements);
    for (std::size_t q = 0; q < kTapQuantiles.size(); ++q) {
      columns.push_back({names[q], ColumnType::float32, unit,
                         fmt::format("{}{} % quantile over {} values",
                                     description.empty() ? "" : description + ", ",
                                     100 * kTapQuantiles[q], tap.elements)});
    }
  }
  return {phase.name, "one row per step of phase " + phase.name, std::move(columns)};
}

Table evaluation_table(const LoweredEvaluation& evaluation) {
  std::vector<Column> columns{step_column()};
  for (const MetricColumn& column : evaluation.metric->columns()) {
    columns.push_back({column.name, ColumnType::float64, column.unit, column.description});
  }
  return {evaluation.name, "one row per evaluation", std::move(columns)};
}

Table timing_table(const LoweredReplica& replica) {
  std::vector<Column> columns{
      step_column(),
      {"seconds", ColumnType::float64, "s", "of the clock on the wall"},
      {"steps_per_second", ColumnType::float64, "1/s", "since the row before"},
      {"writer_wait_seconds", ColumnType::float64, "s", "this replica waited for the writer"}};
  for (const std::string& node : node_names(replica)) {
    columns.push_back({node + ".busy_seconds", ColumnType::float64, "s", "in " + node});
  }
  return {"timing",
          "one row per commit, times since the run began or was resumed; nodes are summed over "
          "replicas",
          std::move(columns), true};
}

}  // namespace

std::vector<std::string> node_names(const LoweredReplica& replica) {
  std::vector<std::pair<std::string, std::string>> names;  // room, name
  for (const LoweredTrip& trip : replica.trips)
    for (const LoweredStage& stage : trip.stages) names.emplace_back(trip.name, stage.name);
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

void make_tables(LoweredReplica& replica) {
  replica.tables.clear();
  for (const LoweredPhase& phase : replica.phases) replica.tables.push_back(phase_table(phase));
  for (LoweredEvaluation& evaluation : replica.evaluations) {
    if (!evaluation.metric) continue;
    evaluation.table = static_cast<int>(replica.tables.size());
    replica.tables.push_back(evaluation_table(evaluation));
  }
  replica.tables.push_back(timing_table(replica));
}

}  // namespace ganflow
