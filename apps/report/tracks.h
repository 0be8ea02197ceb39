// The runs of one directory by what was set of them, and how their metrics went over the steps.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/report/figure.h"
#include "io/run/run_info.h"

namespace ganflow::report {

// Replicas that differ in their seeds alone.
struct Group {
  std::string label;  // "sharp 1e-4"; of other runs than experiments "lr=1e-3"; empty: the only one
  std::vector<const ReplicaInfo*> replicas;
};
// In the run's order.
std::vector<Group> groups_of(const RunInfo& info);

// Values of every column of every table, by "quality.kl", then by step, one a seed. Tables of more
// than 200 rows: means of equally many rows, at the step of the last.
using Values = std::map<Step, std::vector<double>>;
std::map<std::string, Values> tracks_of(const std::string& run, const Group& group);

// The mean over seeds, with its 95 % interval where there is more than one.
Curve curve_of(const std::string& label, const Values& values);

}  // namespace ganflow::report
