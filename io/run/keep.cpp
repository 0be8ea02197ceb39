#include "io/run/keep.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "engine/suggest.h"

namespace ganflow {

Keeper::Keeper(const KeepOptions& options, const std::vector<Table>& tables) : options_(options) {
  std::string name = options.best;
  if (name.empty()) return;
  if (name.ends_with(":max")) {
    name.resize(name.size() - 4);
    sign_ = -1;
  } else if (name.ends_with(":min")) {
    name.resize(name.size() - 4);
  }
  std::vector<std::string> known, meant;
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (tables[t].timing) continue;
    for (std::size_t c = 1; c < tables[t].columns().size(); ++c) {
      const std::string& column = tables[t].columns()[c].name;
      known.push_back(tables[t].name + "." + column);
      if (name != known.back() && name != column) continue;
      meant.push_back(known.back());
      index_ = static_cast<int>(t);
      table_ = tables[t];
      column_ = c;
    }
  }
  if (meant.size() > 1)
    fail(Fault::usage, "--keep-best {}: {} tables have a column of that name, say which: {}",
         options.best, meant.size(), fmt::join(meant, ", "));
  if (!table_)
    fail(Fault::usage, "--keep-best {}: this run measures no '{}'{}", options.best, name,
         suggestion(name, known));
}

std::string Keeper::column() const {
  return table_ ? table_->name + "." + table_->columns()[column_].name : std::string();
}

void Keeper::saw(int table, std::span<const std::byte> rows) {
  if (table == index_ && !rows.empty()) value_ = table_->last_row(rows).number(column_);
}

void Keeper::committed(Step step) {
  Mark& mark = marks_[step];
  mark.kept = mark.kept || (options_.every > 0 && step / options_.every > last_ / options_.every);
  if (value_) mark.value = value_;
  value_.reset();
  last_ = step;
}

std::optional<Step> Keeper::best_of(const std::vector<Step>& steps) const {
  std::optional<Step> best;
  double least = 0;
  for (const Step step : steps) {
    const auto mark = marks_.find(step);
    if (mark == marks_.end() || !mark->second.value || std::isnan(*mark->second.value)) continue;
    const double value = sign_ * *mark->second.value;
    if (best && value >= least) continue;
    best = step;
    least = value;
  }
  return best;
}

std::vector<Step> Keeper::superfluous(const std::vector<Step>& steps) {
  const std::optional<Step> best = best_of(steps);
  std::vector<Step> result;
  for (std::size_t i = 0; i + static_cast<std::size_t>(options_.last) < steps.size(); ++i) {
    const auto mark = marks_.find(steps[i]);
    if (steps[i] == best || (mark != marks_.end() && mark->second.kept)) continue;
    result.push_back(steps[i]);
  }
  std::erase_if(marks_, [&](const auto& mark) {
    return !std::binary_search(steps.begin(), steps.end(), mark.first) ||
           std::binary_search(result.begin(), result.end(), mark.first);
  });
  return result;
}

}  // namespace ganflow
