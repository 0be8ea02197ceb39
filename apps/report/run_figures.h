// The figures of a run, or of several side by side.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/report/figure.h"
#include "apps/report/tracks.h"
#include "apps/results/results.h"

namespace ganflow::report {

struct Captioned {
  Figure figure;
  std::string caption;
};

// What was measured of one group: its label and its tracks.
struct Measured {
  std::string label;
  std::map<std::string, Values> tracks;
};

// A figure a metric, of at most eight groups each, with the floor beside what it bounds. Quantiles
// of vectors stay in the tables. `tables` say units and descriptions.
std::vector<Captioned> curve_figures(const std::vector<Measured>& groups,
                                     const std::vector<Table>& tables, const std::string& stem);

// Box plots of an experiment's measures, and its fitted lines.
std::vector<Captioned> experiment_figures(const Experiment& experiment,
                                          const std::vector<results::CellResult>& results,
                                          const std::string& stem);

}  // namespace ganflow::report
