#include "apps/results/results.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "apps/command/numbers.h"
#include "apps/results/records.h"
#include "engine/error.h"
#include "io/run/summary.h"

namespace ganflow::results {
namespace {

// A run's rows, where the summary has not what a measure reads.
struct Run {
  const std::string& directory;
  const ReplicaInfo& replica;
  const ReplicaSummary& summary;
};

std::optional<double> read_rows(const Run& run, const TableMeasure& measure) {
  const auto [table, column] = table_and_column(measure.column);
  const Records records = read_records(run.directory, run.replica, table, {column});
  if (!records.columns.contains(column)) return std::nullopt;
  const std::vector<double>& values = records.columns.at(column);
  if (measure.reading == TableMeasure::Reading::at) {
    const auto at = std::ranges::lower_bound(records.steps, measure.at) - records.steps.begin();
    if (at == std::ssize(values)) return std::nullopt;  // the run is shorter
    return values[static_cast<std::size_t>(at)];
  }
  const std::size_t first = values.size() - values.size() / 5;
  const std::span fifth = std::span(values).subspan(first);
  if (measure.reading == TableMeasure::Reading::settled) return sample_of(fifth).mean;
  std::vector<double> thousands;
  for (std::size_t i = first; i < values.size(); ++i)
    thousands.push_back(static_cast<double>(records.steps[i]) / 1000);
  return line_through(thousands, fifth).slope;
}

// Absent: the run does not measure it, as without an extractor.
std::optional<double> read(const Run& run, const TableMeasure& measure) {
  using enum TableMeasure::Reading;
  if (measure.reading == at || measure.reading == slope || measure.reading == settled)
    return read_rows(run, measure);
  for (const ReplicaSummary::Value& value : run.summary.values())
    if (value.name == measure.column)
      return measure.reading == last    ? value.last
             : measure.reading == least ? value.least
                                        : value.greatest;
  return std::nullopt;
}

// Mean of x over the window that ends at each row of y.
void add_points(const Fit& fit, const std::string& run, const ReplicaInfo& replica,
                FittedLine& line) {
  const auto [x_table, x_column] = table_and_column(fit.x);
  const auto [y_table, y_column] = table_and_column(fit.y);
  const Records x = read_records(run, replica, x_table, {x_column});
  const Records y = read_records(run, replica, y_table, {y_column});
  if (!x.columns.contains(x_column) || !y.columns.contains(y_column)) return;
  const std::vector<double>&xs = x.columns.at(x_column), &ys = y.columns.at(y_column);
  for (std::size_t i = 0; i < y.steps.size(); ++i) {
    const Step end = y.steps[i], begin = end > fit.window ? end - fit.window : 0;
    const auto from = std::ranges::upper_bound(x.steps, begin) - x.steps.begin();
    const auto to = std::ranges::upper_bound(x.steps, end) - x.steps.begin();
    const double value = fit.log_y ? std::log(ys[i]) : ys[i];
    if (from == to || !std::isfinite(value)) continue;
    double sum = 0;
    for (auto j = from; j < to; ++j) sum += xs[static_cast<std::size_t>(j)];
    line.x.push_back(sum / static_cast<double>(to - from));
    line.y.push_back(value);
  }
}

// Why the run does not count; empty: it does.
std::string short_of(const Run& run, std::uint64_t steps,
                     const std::vector<TableMeasure>& measures) {
  if (!run.summary.failure().empty()) return run.summary.failure();
  if (run.summary.step() < steps)
    return fmt::format("ends at step {} of {}", run.summary.step(), steps);
  for (const TableMeasure& measure : measures)
    if (!std::isfinite(read(run, measure).value_or(0)))
      return fmt::format("{} is no finite number", measure.name);
  return {};
}

}  // namespace

std::vector<CellResult> read_results(const Experiment& experiment, const std::string& run) {
  const RunInfo info = read_run_index(run).info;
  if (info.graph != experiment.name)
    fail(Fault::usage, "{} is a run of '{}', not of experiment '{}'", run, info.graph,
         experiment.name);
  std::vector<CellResult> results;
  std::vector<ReplicaSummary> summaries;
  std::uint64_t steps = 0;  // every run ends at or after the same mark: one that stopped is behind
  for (const ReplicaInfo& replica : info.replicas) {
    summaries.push_back(read_summary(run, replica));
    const auto options = info.options_of(replica);
    if (const auto asked = options.find("steps"); asked != options.end())
      steps = cli::parse_whole(asked->second, 0, std::numeric_limits<std::uint64_t>::max());
  }
  for (const Cell& cell : experiment.cells) {
    CellResult result{.cell = &cell};
    bool any = false;
    for (std::size_t r = 0; r < info.replicas.size(); ++r) {
      const ReplicaInfo& replica = info.replicas[r];
      if (replica.cell != cell.name) continue;
      any = true;
      const Run ended{run, replica, summaries[r]};
      const std::string reason = short_of(ended, steps, experiment.measures);
      if (!reason.empty()) {
        result.dropped.push_back({replica.index, replica.seed, reason});
        continue;
      }
      for (const TableMeasure& measure : experiment.measures)
        if (const auto value = read(ended, measure)) result.values[measure.name].push_back(*value);
      ++result.counted;
      for (const Fit& fit : experiment.fits) add_points(fit, run, replica, result.fits[fit.name]);
    }
    for (auto& [name, fitted] : result.fits) fitted.line = line_through(fitted.x, fitted.y);
    if (any) results.push_back(std::move(result));
  }
  return results;
}

double mean_in(const std::vector<CellResult>& results, const std::string& cell,
               const std::string& measure) {
  for (const CellResult& result : results) {
    if (result.cell->name != cell) continue;
    for (const auto& [name, fitted] : result.fits)
      if (r_of(name) == measure) return fitted.line.r;
    const auto found = result.values.find(measure);
    if (found != result.values.end()) return sample_of(found->second).mean;
  }
  return std::nan("");
}

std::vector<Judged> judge(const Experiment& experiment, const std::vector<CellResult>& results) {
  const auto value = [&](const Term& term) {
    return term.cell.empty() ? term.factor
                             : term.factor * mean_in(results, term.cell, term.measure);
  };
  std::vector<Judged> all;
  for (const Claim& claim : experiment.claims) {
    Judged judged{&claim, Verdict::untested, value(claim.less), value(claim.greater)};
    if (!std::isnan(judged.less) && !std::isnan(judged.greater))
      judged.verdict = judged.less <= judged.greater ? Verdict::holds : Verdict::fails;
    all.push_back(judged);
  }
  return all;
}

}  // namespace ganflow::results
