// `ganflow report`: runs as one HTML page, and its figures as files.
#pragma once

#include <string>
#include <vector>

#include "graphs/experiment.h"

namespace ganflow::report {

struct ReportOptions {
  std::vector<std::string> runs;  // at least one
  std::string out;                // folder; empty: RUN/report of the first
};

// Writes OUT/report.html, which needs nothing else, and OUT/figures/NAME.svg and .png. Of each run:
// what ran; of an experiment its table with what was published, its claims, box plots and fitted
// lines; curves of every metric with their intervals over seeds; sample grids over time. Of several
// runs first a comparison. Returns 0. Throws Error(usage) for no run, Error(input) for a damaged
// file, Error(output).
int write_report(const ReportOptions& options, const std::vector<Experiment>& experiments);

}  // namespace ganflow::report
