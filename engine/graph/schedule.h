// Numbers that may change while a run goes on: learning rates, lambda, k, sigma, alpha, and how
// many steps a phase takes. Time is always counted in critic updates (steps of the first phase).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "engine/graph/range.h"

namespace ganflow {

using Step = std::uint64_t;

// A column of an evaluation stopped getting better: so many evaluations in a row were no better
// than the best one before them. Evaluations count where they were due, not those that are made
// because a run ends. What an evaluation says takes effect when the next one of its kind is due.
struct Plateau {
  std::string column;     // "quality.swd": table and column
  bool greatest = false;  // more is better
  int patience = 1;       // evaluations, >= 1
  double factor = 1;      // by which a number falls each time, the count beginning anew; in (0, 1]
};

// A function of the step with a text that says it; a plain number is the constant function.
class Schedule {
 public:
  // The least and the greatest value it takes.
  struct Bounds {
    double least = 0, most = 0;
  };

  Schedule(double constant);  // NOLINT: implicit on purpose, `.lr = 1e-3`
  // A function of the user's: its values are known when they are read.
  Schedule(std::string text, std::function<double(Step)> at);
  Schedule(std::string text, std::function<double(Step)> at, Bounds bounds);
  double at(Step step) const { return at_(step); }
  // By which it falls, too; absent: a function of the step alone. at() knows nothing of that.
  const std::optional<Plateau>& plateau() const { return plateau_; }
  // "0.001", "steps(0: 0, 2500: -0.2)": equal texts are equal schedules.
  const std::string& text() const { return text_; }
  const std::optional<Bounds>& bounds() const { return bounds_; }

  // The same schedule, none of whose values leaves the range: bounds that do throw Error(usage)
  // here, a function without bounds throws it when it is read. `name` stands in front: "lr is -1,
  // it must be at least 0".
  Schedule within(const Range& range, const std::string& name) const;

 private:
  std::string text_;
  std::function<double(Step)> at_;
  std::optional<Bounds> bounds_;
  std::optional<Plateau> plateau_;
  friend Schedule on_plateau(double value, const Plateau& plateau);
};

// Piecewise constant: value of the last pair whose step is <= the step. The first step must be 0,
// steps must increase.
Schedule steps(std::initializer_list<std::pair<Step, double>> stages);
// Linear from `from` at `begin` to `to` at `end`, constant outside.
Schedule linear(double from, double to, Step begin, Step end);
// `value`, which falls by a factor on every plateau. Throws Error(usage) for a patience below 1, a
// factor that is not in (0, 1) and a column without a table.
Schedule on_plateau(double value, const Plateau& plateau);
// "quality.modes:max" -> greatest. "quality.kl", "quality.kl:min": least.
Plateau parse_column(const std::string& text);
// "0.001", "steps(0:0,2500:-0.2)", "linear(1:0,0:20000)", "plateau(0.001:0.5,3:quality.swd)" (value
// : factor, patience : column): what --set accepts. Throws Error(usage).
Schedule parse_schedule(const std::string& text);

// An option of a formula. Anonymous: its slot is "node.option". Named (Graph::scalar): shared by
// everyone who was given it, one slot for all. Either way `--set slot=value` replaces it.
struct Scalar {
  Scalar(double constant) : schedule(constant) {}  // NOLINT: implicit on purpose
  Scalar(Schedule s) : schedule(std::move(s)) {}   // NOLINT
  Scalar(std::string n, Schedule s) : name(std::move(n)), schedule(std::move(s)) {}
  std::string name;
  Schedule schedule;
};

}  // namespace ganflow
