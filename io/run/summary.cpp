#include "io/run/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <optional>

#include "io/run/csv.h"
#include "io/run/resume.h"
#include "io/run/rows_file.h"
#include "io/run/table.h"

namespace ganflow {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::optional<double> as_number(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

// Values of one setting over all replicas.
SummaryColumn setting(const std::string& name, const std::vector<ReplicaInfo>& replicas) {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  bool all_numbers = true;
  for (const ReplicaInfo& replica : replicas) {
    const auto found = replica.settings.find(name);
    const bool set = found != replica.settings.end();
    texts.push_back(set ? found->second : "");
    const std::optional<double> number = set ? as_number(found->second) : kNone;
    all_numbers = all_numbers && number;
    numbers.push_back(number.value_or(kNone));
  }
  if (all_numbers) return {field_name({name}), std::move(numbers)};
  return {field_name({name}), std::move(texts)};
}

std::string field(const std::vector<std::string>& texts, std::size_t r) {
  return csv_field(texts[r]);
}
std::string field(const std::vector<std::uint64_t>& values, std::size_t r) {
  return fmt::format("{}", values[r]);
}
std::string field(const std::vector<double>& values, std::size_t r) {
  return std::isnan(values[r]) ? "" : fmt::format("{}", values[r]);
}

}  // namespace

ReplicaSummary::ReplicaSummary(const std::vector<Table>& tables) : tables_(tables) {
  for (const Table& table : tables_) {
    first_.push_back(values_.size());
    if (table.timing) continue;
    for (std::size_t c = 1; c < table.columns().size(); ++c)
      values_.push_back({table.name + "." + table.columns()[c].name, kNone, kNone, kNone});
  }
}

void ReplicaSummary::saw(int index, std::span<const std::byte> rows) {
  const auto t = static_cast<std::size_t>(index);
  const Table& table = tables_[t];
  if (table.timing) return;
  for (std::size_t r = 0; r < table.count(rows); ++r) {
    const RowView row = table.row(rows, r);
    step_ = std::max(step_, static_cast<std::uint64_t>(row.step()));
    for (std::size_t c = 1; c < table.columns().size(); ++c) {
      Value& value = values_[first_[t] + c - 1];
      value.last = row.number(c);
      value.least = std::fmin(value.least, value.last);
      value.greatest = std::fmax(value.greatest, value.last);
    }
  }
}

std::vector<SummaryColumn> summary_columns(const RunInfo& run,
                                           const std::vector<ReplicaSummary>& summaries) {
  const std::vector<ReplicaInfo>& replicas = run.replicas;
  std::vector<std::uint64_t> indices, seeds, steps;
  std::vector<std::string> graphs, cells, failures;
  std::map<std::string, int> settings;
  std::vector<SummaryColumn> metrics;
  std::map<std::string, std::size_t> place;  // of a metric's three columns
  for (std::size_t r = 0; r < replicas.size(); ++r) {
    const ReplicaInfo& info = replicas[r];
    indices.push_back(static_cast<std::uint64_t>(info.index));
    seeds.push_back(info.seed);
    steps.push_back(summaries[r].step());
    graphs.push_back(run.graph_of(info));
    cells.push_back(info.cell);
    failures.push_back(summaries[r].failure());
    for (const auto& [name, value] : info.settings) settings[name];
    for (const ReplicaSummary::Value& value : summaries[r].values()) {
      const std::string name = field_name({value.name});
      const auto [found, added] = place.emplace(name, metrics.size());
      if (added)
        for (const char* ending : {"", "_least", "_greatest"})
          metrics.push_back({name + ending, std::vector<double>(replicas.size(), kNone)});
      const double values[] = {value.last, value.least, value.greatest};
      for (std::size_t i = 0; i < 3; ++i)
        std::get<std::vector<double>>(metrics[found->second + i].values)[r] = values[i];
    }
  }
  std::vector<SummaryColumn> columns{
      {"replica", indices}, {"seed", seeds}, {"graph", graphs}, {"cell", cells}};
  for (const auto& [name, unused] : settings) columns.push_back(setting(name, replicas));
  columns.push_back({"step", steps});
  columns.push_back({"failed", failures});
  std::ranges::move(metrics, std::back_inserter(columns));
  return columns;
}

std::string read_failure(const std::string& replica) {
  std::ifstream file(replica + kFailureFile, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

ReplicaSummary read_summary(const std::string& run, const ReplicaInfo& replica) {
  const std::vector<Table> tables = tables_of(replica, false);
  ReplicaSummary summary(tables);
  const std::string directory = run + "/" + replica_directory(replica.index);
  const std::string folder = directory + "/rows";
  summary.failed(read_failure(directory));
  for (const Step step : steps_in(folder))
    read_rows_file(folder + "/" + step_name(step) + ".h5", tables,
                   [&](std::size_t t, std::span<const std::byte> rows) {
                     summary.saw(static_cast<int>(t), rows);
                   });
  return summary;
}

std::string summary_csv(const std::vector<SummaryColumn>& columns) {
  std::string text;
  for (const SummaryColumn& column : columns)
    text.append(text.empty() ? "" : ",").append(csv_field(column.name));
  text += '\n';
  const std::size_t rows =
      columns.empty() ? 0 : std::visit([](const auto& v) { return v.size(); }, columns[0].values);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns.size(); ++c) {
      text += std::visit([r](const auto& v) { return field(v, r); }, columns[c].values);
      text += c + 1 < columns.size() ? ',' : '\n';
    }
  return text;
}

}  // namespace ganflow
