// Which checkpoints of a replica stay when a new one was made: the newest ones, marks on the way,
// and the best by a metric.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/sink.h"

namespace ganflow {

struct KeepOptions {
  int last = 3;    // the newest, >= 1
  Step every = 0;  // the first at or after each multiple of this many critic updates; 0: none
  // "quality.kl": the one with the least value of this column of this table, "kl" if no other table
  // has a column of that name, "quality.modes:max" the one with the greatest; empty: none.
  std::string best;
};

class Keeper {
 public:
  // Throws Error(usage) if `best` names no column of these tables, listing those there are.
  Keeper(const KeepOptions& options, const std::vector<Table>& tables);

  // Whole rows that the next checkpoint covers. Its value is the newest one since the checkpoint
  // before; without one, or not a number, it is never the best.
  void saw(int table, std::span<const std::byte> rows);
  void committed(Step step);

  // The column that `best` names as "table.column"; empty: none.
  std::string column() const;
  bool greatest() const { return sign_ < 0; }

  // Those of the steps (ascending) that need not stay.
  std::vector<Step> superfluous(const std::vector<Step>& steps);

 private:
  struct Mark {
    bool kept = false;  // by `every`
    std::optional<double> value;
  };
  std::optional<Step> best_of(const std::vector<Step>& steps) const;

  KeepOptions options_;
  int index_ = -1;              // of the metric's table
  std::optional<Table> table_;  // that one
  std::size_t column_ = 0;
  double sign_ = 1;  // -1: the greatest is best
  std::optional<double> value_;
  Step last_ = 0;
  std::map<Step, Mark> marks_;
};

}  // namespace ganflow
