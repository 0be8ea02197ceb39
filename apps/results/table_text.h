// The table of an experiment for people: ours, what was published, what holds.
#pragma once

#include <string>
#include <vector>

#include "apps/results/results.h"

namespace ganflow::results {

// The flags that make the run another than the experiment is, "--steps 200 --cells sharp"; empty:
// it is the experiment as a whole.
std::string changed_by(const RunInfo& info);

// Tables of text, a header and rows of as many entries; of claims verdict, text and numbers without
// a header. "published" stands where a cell has published anything of the measure.
using Rows = std::vector<std::vector<std::string>>;
Rows measure_rows(const Experiment& experiment, const std::vector<CellResult>& results);
Rows fit_rows(const Fit& fit, const std::vector<CellResult>& results);
Rows claim_rows(const Experiment& experiment, const std::vector<CellResult>& results);
std::vector<std::string> dropped_lines(const std::vector<CellResult>& results);

// Of each measure mean +- standard deviation over the runs that count, and the half width of the
// mean's 95 % interval in brackets, where there is more than one; beside it what was published.
std::string table_text(const Experiment& experiment, const RunInfo& info,
                       const std::vector<CellResult>& results);

// Numbers of a table: four significant digits.
std::string number(double value);
std::string text_of(const Sample& sample);
std::string text_of(const Published& published);
const char* text_of(Verdict verdict);

}  // namespace ganflow::results
