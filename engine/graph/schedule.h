// Numbers that may change while a run goes on: learning rates, lambda, k, sigma, alpha, and how
// many steps a phase takes. Time is always counted in critic updates (steps of the first phase).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

namespace ganflow {

using Step = std::uint64_t;

// A function of the step with a text that says it; a plain number is the constant function.
class Schedule {
 public:
  Schedule(double constant);  // NOLINT: implicit on purpose, `.lr = 1e-3`
  Schedule(std::string text, std::function<double(Step)> at);
  double at(Step step) const { return at_(step); }
  const std::string& text() const { return text_; }  // "1e-3", "steps(0: 0, 2500: -0.2)"

 private:
  std::string text_;
  std::function<double(Step)> at_;
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
