// A run for other tools: weights for numpy, tables for everything.
#pragma once

#include <optional>
#include <string>

#include "apps/command/use_run.h"
#include "engine/graph/schedule.h"

namespace ganflow::cli {

struct ExportOptions {
  std::string run;
  std::optional<int> replica;  // all if absent
  std::optional<Step> step;    // of the checkpoints; the newest ones if absent
  std::string out;             // folder; RUN/export if empty
  bool csv = false;            // also the tables
  bool onnx = false;           // also the generators
  bool gif = false;            // also the pictures over time
  std::string extractor;       // instead: the file of the extractor that a classifier's run trained
};

// Writes OUT/replica_RRR.npz, every Variable float32 by its name (numpy.load("...")["G/0/weight"]),
// and "step" int64. With csv also OUT/replica_RRR_TABLE.csv and OUT/summary.csv, one line a
// replica: io/run/summary.h.
// With gif also OUT/replica_RRR_samples.gif, with onnx OUT/replica_RRR.onnx (export_onnx.h).
// Returns 0; throws Error.
int export_run(const ExportOptions& options, const FindGraph& find);

}  // namespace ganflow::cli
