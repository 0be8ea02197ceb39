// Rows of a run's tables as columns of numbers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/graph/schedule.h"
#include "io/run/run_info.h"

namespace ganflow::results {

struct Records {
  std::vector<Step> steps;
  std::map<std::string, std::vector<double>> columns;  // by name: "kl"
};

// The committed rows of one table of a replica, of the columns asked for; empty if it has no such
// table, a column that it has not is left out. Throws Error(input) for a damaged file.
Records read_records(const std::string& run, const ReplicaInfo& replica, const std::string& table,
                     const std::vector<std::string>& columns);

// "quality.kl" -> {"quality", "kl"}; a column's name may have dots.
std::pair<std::string, std::string> table_and_column(const std::string& name);

}  // namespace ganflow::results
