#include "apps/results/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ganflow::results {
namespace {

// Columns as wide as their widest entry, two blanks apart.
std::string aligned(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c == widths.size()) widths.push_back(0);
      widths[c] = std::max(widths[c], row[c].size());
    }
  std::string text;
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t c = 0; c < row.size(); ++c) line += fmt::format(" {:<{}} ", row[c], widths[c]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string published(const Cell& cell, const std::string& measure) {
  const auto found = cell.published.find(measure);
  return found == cell.published.end() ? "-" : text_of(found->second);
}

}  // namespace

std::string number(double value) { return fmt::format("{:.4g}", value); }

std::string text_of(const Sample& sample) {
  if (sample.n == 0) return "-";
  if (sample.n == 1) return number(sample.mean);
  return fmt::format("{} +- {:.2g} [{:.2g}]", number(sample.mean), sample.deviation,
                     sample.half_width);
}

std::string text_of(const Published& published) {
  return published.deviation ? fmt::format("{} +- {}", published.mean, *published.deviation)
                             : fmt::format("{}", published.mean);
}

const char* text_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::fails:
      return "does not hold";
    case Verdict::untested:
      break;
  }
  return "not tested";
}

std::string changed_by(const RunInfo& info) {
  std::string text;
  for (const char* flag : {"cells", "replicas", "steps", "batch", "set", "data", "init",
                           "evaluate-every", "precision", "fuse"})
    if (const auto found = info.flags.find(flag); found != info.flags.end())
      for (const std::string& value : found->second)
        text += fmt::format("{}--{} {}", text.empty() ? "" : " ",
                            std::string(flag) == "replicas" ? "repeats" : flag, value);
  return text;
}

Rows measure_rows(const Experiment& experiment, const std::vector<CellResult>& results) {
  Rows rows{{"", "n"}};
  const auto printed = [&](const TableMeasure& measure) {
    return std::ranges::any_of(results, [&](const CellResult& result) {
      return result.cell->published.contains(measure.name);
    });
  };
  for (const TableMeasure& measure : experiment.measures) {
    rows[0].push_back(measure.name);
    if (printed(measure)) rows[0].push_back("published");
  }
  for (const CellResult& result : results) {
    std::vector<std::string>& row = rows.emplace_back();
    row.push_back(result.cell->name);
    row.push_back(std::to_string(result.counted));
    for (const TableMeasure& measure : experiment.measures) {
      const auto values = result.values.find(measure.name);
      const Sample sample =
          sample_of(values == result.values.end() ? std::vector<double>{} : values->second);
      row.push_back(text_of(sample));
      if (printed(measure)) row.push_back(published(*result.cell, measure.name));
    }
  }
  return rows;
}

Rows fit_rows(const Fit& fit, const std::vector<CellResult>& results) {
  Rows rows{{fit.name, "n", "r", "published", "r^2", "p", "slope"}};
  for (const CellResult& result : results) {
    const auto found = result.fits.find(fit.name);
    if (found == result.fits.end()) continue;
    const Line& line = found->second.line;
    rows.push_back({result.cell->name, std::to_string(line.n), fmt::format("{:.3f}", line.r),
                    published(*result.cell, r_of(fit.name)), fmt::format("{:.4f}", line.r * line.r),
                    fmt::format("{:.1e}", line.p), number(line.slope)});
  }
  return rows;
}

std::vector<std::string> dropped_lines(const std::vector<CellResult>& results) {
  std::vector<std::string> lines;
  for (const CellResult& result : results)
    for (const Dropped& dropped : result.dropped)
      lines.push_back(fmt::format("dropped: {}, seed {} (replica {}): {}", result.cell->name,
                                  dropped.seed, dropped.replica, dropped.reason));
  return lines;
}

Rows claim_rows(const Experiment& experiment, const std::vector<CellResult>& results) {
  Rows rows;
  for (const Judged& judged : judge(experiment, results))
    rows.push_back(
        {text_of(judged.verdict), judged.claim->text,
         judged.verdict == Verdict::untested
             ? ""
             : fmt::format("{} {} {}", number(judged.less),
                           judged.verdict == Verdict::holds ? "<=" : ">", number(judged.greater))});
  return rows;
}

std::string table_text(const Experiment& experiment, const RunInfo& info,
                       const std::vector<CellResult>& results) {
  const std::string changed = changed_by(info);
  std::string text = fmt::format("{}: {}{}\n", experiment.name, experiment.title,
                                 changed.empty() ? "" : "; SHORTENED OR CHANGED by " + changed);
  text += "  mean +- standard deviation [half width of the mean's 95 % interval]\n";
  text += aligned(measure_rows(experiment, results));
  for (const Fit& fit : experiment.fits) text += aligned(fit_rows(fit, results));
  for (const std::string& line : dropped_lines(results)) text += "  " + line + '\n';
  return text + aligned(claim_rows(experiment, results));
}

}  // namespace ganflow::results
