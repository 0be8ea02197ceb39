// One row a replica: what it was and how it ended, for statistics over many. In run.h5 a group
// /summary of equally long columns, which pandas, R, Octave and MATLAB read in a line; as CSV by
// `ganflow export RUN --csv`.
//
//   replica, seed          uint64
//   graph, cell            text; the cell of an experiment, of other runs empty
//   NAME                   a setting of --set or of the cell: float64 if it is a number wherever it
//                          is set (nan where it is not), else text
//   step                   uint64, critic updates done
//   failed                 text; why it ended before its time, empty: it did not
//   TABLE_COLUMN           float64, the last value of a metric; nan: it has none
//   TABLE_COLUMN_least, TABLE_COLUMN_greatest
//                          the extremes of all its rows that are numbers
//
// Names are those of files (table.h): what is no letter or digit is '_'.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/graph/table.h"
#include "io/run/run_info.h"

namespace ganflow {

// Of one replica: fed with its rows. Tables of wall-clock times are left out.
class ReplicaSummary {
 public:
  struct Value {
    std::string name;                          // "quality.kl"
    double last = 0, least = 0, greatest = 0;  // nan: no row yet
  };
  explicit ReplicaSummary(const std::vector<Table>& tables);
  void saw(int table, std::span<const std::byte> rows);    // whole rows in step order
  void failed(const std::string& why) { failure_ = why; }  // empty: it goes on
  const std::vector<Value>& values() const { return values_; }
  std::uint64_t step() const { return step_; }
  const std::string& failure() const { return failure_; }

 private:
  std::vector<Table> tables_;
  std::vector<std::size_t> first_;  // of each table's values
  std::vector<Value> values_;
  std::uint64_t step_ = 0;
  std::string failure_;
};

// Of a replica that failed, beside its checkpoints: why, as text.
inline constexpr const char* kFailureFile = "/failure.txt";
std::string read_failure(const std::string& replica);  // of its folder; empty: it did not fail

struct SummaryColumn {
  std::string name;
  std::variant<std::vector<std::uint64_t>, std::vector<double>, std::vector<std::string>> values;
};

// `summaries`: of the run's replicas, in their order.
std::vector<SummaryColumn> summary_columns(const RunInfo& run,
                                           const std::vector<ReplicaSummary>& summaries);
// From the committed rows of a run, also of one that goes on. Throws Error(input) for a damaged
// file.
ReplicaSummary read_summary(const std::string& run, const ReplicaInfo& replica);

// A header, then a line a replica; numbers in the fewest digits that give the same bits, nan empty.
std::string summary_csv(const std::vector<SummaryColumn>& columns);

}  // namespace ganflow
