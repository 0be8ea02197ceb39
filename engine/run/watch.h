// Watches a column of an evaluation for a plateau (engine/graph/schedule.h). An evaluation of step
// s runs beside training; what it says counts from the next one on, for which the replica waits, so
// that no decision depends on when an evaluation was done.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/graph/lowered.h"

namespace ganflow {

class Watch {
 public:
  // `name` of its counters: "lr".
  Watch(std::string name, const Plateau& plateau, WatchedColumn column);

  int evaluation() const { return column_.evaluation; }
  const Plateau& plateau() const { return plateau_; }

  // An evaluation of `step` has begun; it has said `values`; it counts.
  void expect(Step step) { expected_ = step; }
  void see(Step step, const std::vector<double>& values);
  void judge();
  // Whether one that has begun has not said anything yet.
  bool awaits() const { return expected_.has_value(); }

  // Whether the last `patience` evaluations that count were no better than the best before them.
  bool flat() const { return since_ >= static_cast<std::uint64_t>(plateau_.patience); }
  // How often that was so, if the count begins anew each time.
  void begin_anew();
  int times() const { return static_cast<int>(times_); }

  // As counters of a checkpoint. Without them it begins with the run.
  void save(std::map<std::string, std::uint64_t>& counters) const;
  void restore(const std::map<std::string, std::uint64_t>& counters);

 private:
  std::string name_;
  Plateau plateau_;
  WatchedColumn column_;
  std::optional<Step> expected_;
  std::optional<double> said_;  // does not count yet
  std::optional<double> best_;
  std::uint64_t since_ = 0, times_ = 0;
};

}  // namespace ganflow
