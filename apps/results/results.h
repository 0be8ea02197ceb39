// What a run of an experiment says, read from its directory: numbers of each run by cell and
// measure, the lines fitted to a cell's records, and whether claims hold.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/results/statistics.h"
#include "graphs/experiment.h"
#include "io/run/run_index.h"

namespace ganflow::results {

// A run that does not count, and why: it failed, or ends before the others do.
struct Dropped {
  int replica = 0;
  std::uint64_t seed = 0;
  std::string reason;
};

// A line and the points it goes through, x and y as they are fitted (log y is the natural
// logarithm).
struct FittedLine {
  std::vector<double> x, y;
  Line line;
};

struct CellResult {
  const Cell* cell = nullptr;
  std::map<std::string, std::vector<double>> values;  // by measure, of the runs that count, by seed
  std::map<std::string, FittedLine> fits;             // by their names
  std::size_t counted = 0;                            // runs that count
  std::vector<Dropped> dropped;
};

// Cells in the experiment's order; those that the run has none of are left out. `steps` is where a
// run is whole. Throws Error(usage) for a run of something else, Error(input) for a damaged one.
std::vector<CellResult> read_results(const Experiment& experiment, const std::string& run);

// Mean of a measure, or r of a fit, of a cell; nan where there is none.
double mean_in(const std::vector<CellResult>& results, const std::string& cell,
               const std::string& measure);

enum class Verdict { holds, fails, untested };
struct Judged {
  const Claim* claim = nullptr;
  Verdict verdict = Verdict::untested;  // untested: a cell is not there, or has no number
  double less = 0, greater = 0;
};
std::vector<Judged> judge(const Experiment& experiment, const std::vector<CellResult>& results);

}  // namespace ganflow::results
