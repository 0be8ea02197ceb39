// Quality by an extractor: the file of one from a classifier's run, measures of a run's samples or
// of images made elsewhere.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/command/use_run.h"

namespace ganflow::cli {

struct QualityOptions {
  std::string extractor;              // file; empty: measures of the graph alone
  std::vector<std::string> measures;  // measure_names(); empty: those of features that can be had
  std::string images;                 // a folder or stored set, measured instead of a run
  std::string against;                // stored set; empty: the run's own, the items held out
  std::int64_t count = 10000;         // samples drawn of a run
  double regularise = 0;              // fid's, feature_quality.h
  std::int64_t frames = 10, paths = 100;  // of path_measures(): frames of each path, their number
};

// feature_measures() and those of samples along paths between latents, each a metric's table:
// path_change (ops/metrics/path_change.h), path_confidence (graphs/quality/path_confidence.h).
std::vector<std::string> measure_names();

// Prints each measure of samples of a run's checkpoint, drawn by `draw`, with how it was made.
// Returns 0; throws Error.
int measure_run(const UseOptions& use, const QualityOptions& options, const FindGraph& find);
// The same of options.images.
int measure_images(const QualityOptions& options);

// Writes the extractor that a classifier's run (graphs/quality/classifier.h) has trained. Returns
// 0; throws Error.
int export_extractor(const std::string& run, int replica, std::optional<Step> step,
                     const std::string& path);

}  // namespace ganflow::cli
