// A table of a paper as data: which runs it is made of, what is read from them, what was published,
// and what must hold. `ganflow reproduce` runs it.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace ganflow {

// What a paper prints for a measure of a cell.
struct Published {
  double mean = 0;
  std::optional<double> deviation = {};  // over the paper's repeats
};

// One row of the table: a preset and what is set of it.
struct Cell {
  std::string name;   // "sharp, l2 1e-4"; no comma that --cells splits
  std::string graph;  // a preset or graph by name
  std::map<std::string, std::string> settings = {};  // as --set
  std::map<std::string, Published> published = {};   // by measure
};

// A number of each run: a column of a metric's table, read at the end, at its best, at the first
// record at or after step `at`, as the slope of a line through the last fifth of its records, per
// 1,000 updates of the critic, or `settled`, as the mean of that fifth.
struct TableMeasure {
  enum class Reading { last, least, greatest, at, slope, settled };
  std::string name;    // "KL"
  std::string column;  // "quality.kl"
  Reading reading = Reading::last;
  Step at = 0;
};

// A line through the records of a cell, all its runs together: y over x at every evaluation, where
// x is a column of the critic's updates, averaged over the `window` updates up to there. Its r, and
// p of the two-sided t-test of r = 0 with n - 2 degrees of freedom.
struct Fit {
  std::string name;  // "log KL ~ W"; its r is the measure "r(log KL ~ W)"
  std::string x;     // "critic.wasserstein"
  std::string y;     // "quality.kl"
  bool log_y = false;
  Step window = 100;
};

// factor times the mean of a measure over the runs of a cell; the factor alone where no cell is
// named.
struct Term {
  double factor = 1;
  std::string cell = {}, measure = {};
};

// What a paper says of its table: less <= greater.
struct Claim {
  std::string text;
  Term less, greater;
};

// Where two columns of a table go in their plane, as drawn by a report: a line for each of `cells`,
// over arrows of the field (x', y') that moves them.
struct PhasePortrait {
  std::string name, title;
  std::string table, x, y;  // "flow_step", "psi", "theta"
  std::vector<std::string> cells;
  std::function<std::array<double, 2>(double x, double y)> field;
  double radius = 0;                    // of a circle around (0, 0); 0: none
  std::vector<double> nullclines = {};  // x where y alone moves
};

struct Experiment {
  std::string name;   // of the command line: "table-5.6"
  std::string title;  // one line
  std::string rows;   // of the specification: "TH-31"
  std::vector<Cell> cells;
  int repeats = 1;              // seeds of each cell
  GraphSettings settings = {};  // of all cells, but `values` and `data`
  std::vector<TableMeasure> measures;
  std::vector<Fit> fits = {};
  std::vector<Claim> claims = {};
  std::vector<PhasePortrait> portraits = {};
  // Of a critic update with its share of the rest, on one core with AVX-512; measured on some of
  // the cells. The cost that is listed is made of it.
  double core_seconds = 0;
  std::string brings = {};  // the data it needs and how to say where they are; empty: none
};

// r of a fit as terms and published tables name it.
inline std::string r_of(const std::string& fit) { return "r(" + fit + ")"; }

}  // namespace ganflow
