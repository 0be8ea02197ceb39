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
};

// Piecewise constant: value of the last pair whose step is <= the step. The first step must be 0,
// steps must increase.
Schedule steps(std::initializer_list<std::pair<Step, double>> stages);
// Linear from `from` at `begin` to `to` at `end`, constant outside.
Schedule linear(double from, double to, Step begin, Step end);
// "0.001", "steps(0:0,2500:-0.2)", "linear(1:0,0:20000)": what --set accepts. Throws Error(usage).
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
