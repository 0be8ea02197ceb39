#include "engine/graph/schedule.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/error.h"

namespace ganflow {
namespace {

using Stage = std::pair<Step, double>;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class T>
std::optional<T> parsed(std::string_view text) {
  text = trimmed(text);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double number(std::string_view text, std::string_view whole) {
  const auto value = parsed<double>(text);
  if (!value || !std::isfinite(*value)) {
    fail(Fault::usage, "schedule '{}': '{}' is not a finite number", whole, trimmed(text));
  }
  return *value;
}

Step step_number(std::string_view text, std::string_view whole) {
  const auto value = parsed<Step>(text);
  if (!value) {
    fail(Fault::usage, "schedule '{}': '{}' is not a step, a whole number from 0", whole,
         trimmed(text));
  }
  return *value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::pair<std::string_view, std::string_view> pair_of(std::string_view text, std::string_view what,
                                                      std::string_view whole) {
  const auto parts = split(text, ':');
  if (parts.size() != 2) {
    fail(Fault::usage, "schedule '{}': '{}' is not a pair {}", whole, trimmed(text), what);
  }
  return {parts[0], parts[1]};
}

// NaN stays in the bounds, so that no range holds them.
Schedule::Bounds spanned(const Schedule::Bounds& b, double value) {
  const bool nan = std::isnan(value);
  return {nan || value < b.least ? value : b.least, nan || value > b.most ? value : b.most};
}

Schedule steps_of(std::vector<Stage> stages) {
  if (stages.empty()) fail(Fault::usage, "a steps schedule needs at least one pair step:value");
  if (stages[0].first != 0) {
    fail(Fault::usage, "a steps schedule begins at step {}, it must begin at step 0",
         stages[0].first);
  }
  std::string text = "steps(";
  for (std::size_t i = 0; i < stages.size(); ++i) {
    if (i > 0 && stages[i].first <= stages[i - 1].first) {
      fail(Fault::usage, "a steps schedule has step {} after step {}, its steps must increase",
           stages[i].first, stages[i - 1].first);
    }
    text += fmt::format("{}{}: {}", i > 0 ? ", " : "", stages[i].first, stages[i].second);
  }
  Schedule::Bounds bounds{stages[0].second, stages[0].second};
  for (const auto& [step, value] : stages) bounds = spanned(bounds, value);
  return {text + ")",
          [stages = std::move(stages)](Step step) {
            const auto next = std::upper_bound(stages.begin(), stages.end(), step,
                                               [](Step s, const Stage& p) { return s < p.first; });
            return std::prev(next)->second;
          },
          bounds};
}

}  // namespace

Schedule::Schedule(double constant)
    : Schedule(fmt::format("{}", constant), [constant](Step) { return constant; },
               {constant, constant}) {}

Schedule::Schedule(std::string text, std::function<double(Step)> at)
    : text_(std::move(text)), at_(std::move(at)) {}

Schedule::Schedule(std::string text, std::function<double(Step)> at, Bounds bounds)
    : text_(std::move(text)), at_(std::move(at)), bounds_(bounds) {}

Schedule Schedule::within(const Range& range, const std::string& name) const {
  if (bounds_) {
    if (!range.contains(bounds_->least) || !range.contains(bounds_->most))
      fail(Fault::usage, "{} is {}, it must be {}", name, text_, range.text());
    return *this;
  }
  return {text_, [at = at_, range, name](Step step) {
            const double value = at(step);
            if (!range.contains(value))
              fail(Fault::usage, "{} is {} at step {}, it must be {}", name, value, step,
                   range.text());
            return value;
          }};
}

Schedule steps(std::initializer_list<Stage> stages) { return steps_of(stages); }

Schedule linear(double from, double to, Step begin, Step end) {
  if (begin >= end) {
    fail(Fault::usage, "a linear schedule goes from step {} to step {}, the second must be later",
         begin, end);
  }
  return {fmt::format("linear({}: {}, {}: {})", from, to, begin, end),
          [=](Step step) {
            if (step <= begin) return from;
            if (step >= end) return to;
            const double part =
                static_cast<double>(step - begin) / static_cast<double>(end - begin);
            return from + (to - from) * part;
          },
          spanned({from, from}, to)};
}

Schedule on_plateau(double value, const Plateau& p) {
  if (p.patience < 1)
    fail(Fault::usage, "a plateau's patience is {} evaluations, it must be at least 1", p.patience);
  if (!(p.factor > 0 && p.factor < 1))
    fail(Fault::usage, "a plateau's factor is {}, it must be above 0 and below 1", p.factor);
  const auto dot = p.column.find('.');
  if (dot == 0 || dot == std::string::npos || dot + 1 == p.column.size())
    fail(Fault::usage, "a plateau's column is '{}', write table and column: quality.swd", p.column);
  Schedule schedule(
      fmt::format("plateau({}: {}, {}: {}{})", value, p.factor, p.patience, p.column,
                  p.greatest ? ":max" : ""),
      [value](Step) { return value; }, spanned({0, 0}, value));
  schedule.plateau_ = p;
  return schedule;
}

Plateau parse_column(const std::string& text) {
  Plateau plateau{.column = text, .greatest = text.ends_with(":max")};
  if (text.ends_with(":max") || text.ends_with(":min")) plateau.column.resize(text.size() - 4);
  return plateau;
}

Schedule parse_schedule(const std::string& text) {
  const std::string_view whole = trimmed(text);
  const auto open = whole.find('(');
  if (open == std::string_view::npos) {
    const auto value = parsed<double>(whole);
    if (value && std::isfinite(*value)) return *value;
    fail(Fault::usage,
         "'{}' is not a schedule: write a number, steps(0:1,1000:0.5) or linear(1:0,0:20000)",
         text);
  }
  const std::string_view name = trimmed(whole.substr(0, open));
  if (whole.back() != ')') fail(Fault::usage, "schedule '{}' lacks its closing ')'", whole);
  const auto parts = split(whole.substr(open + 1, whole.size() - open - 2), ',');
  if (name == "steps") {
    std::vector<Stage> stages;
    for (const std::string_view part : parts) {
      const auto [at, value] = pair_of(part, "step:value", whole);
      stages.emplace_back(step_number(at, whole), number(value, whole));
    }
    return steps_of(std::move(stages));
  }
  if (name == "linear") {
    if (parts.size() != 2) {
      fail(Fault::usage, "schedule '{}' has {} pairs, linear has two: linear(from:to,begin:end)",
           whole, parts.size());
    }
    const auto [from, to] = pair_of(parts[0], "from:to", whole);
    const auto [begin, end] = pair_of(parts[1], "begin:end", whole);
    return linear(number(from, whole), number(to, whole), step_number(begin, whole),
                  step_number(end, whole));
  }
  if (name == "plateau") {
    const auto colon = parts.size() == 2 ? parts[1].find(':') : std::string_view::npos;
    if (colon == std::string_view::npos)
      fail(Fault::usage,
           "schedule '{}' is no plateau: write plateau(value:factor,patience:column), "
           "plateau(0.001:0.5,3:quality.swd)",
           whole);
    const auto [value, factor] = pair_of(parts[0], "value:factor", whole);
    Plateau plateau = parse_column(std::string(trimmed(parts[1].substr(colon + 1))));
    const auto patience = parsed<int>(parts[1].substr(0, colon));
    if (!patience)
      fail(Fault::usage, "schedule '{}': '{}' is not a number of evaluations, a whole one from 1",
           whole, trimmed(parts[1].substr(0, colon)));
    plateau.patience = *patience;
    plateau.factor = number(factor, whole);
    return on_plateau(number(value, whole), plateau);
  }
  fail(Fault::usage,
       "schedule '{}': there is no '{}', only steps(...), linear(...) and plateau(...)", whole,
       name);
}

}  // namespace ganflow
