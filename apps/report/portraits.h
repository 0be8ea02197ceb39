// Phase portraits of an experiment (MU Fig. 3): where runs went in the plane of two columns.
#pragma once

#include <string>
#include <vector>

#include "apps/report/run_figures.h"
#include "io/run/run_info.h"

namespace ganflow::report {

// A figure for each portrait of which the run has a cell: the first seed of each as a line from its
// start, a dot, over the arrows of the field. Both axes have one scale, so that a circle is one.
// Throws Error(input) for a damaged file.
std::vector<Captioned> portrait_figures(const Experiment& experiment, const std::string& run,
                                        const RunInfo& info, const std::string& stem);

}  // namespace ganflow::report
