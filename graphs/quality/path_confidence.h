// Whether frames between two latents are recognisable: "a 6 becomes a 1, then a 9" (SG-15).
#pragma once

#include <memory>

#include "engine/graph/host.h"
#include "engine/graph/picture.h"
#include "graphs/quality/extractor.h"

namespace ganflow {

// Measures `frames` frames of each of `paths` paths, generated from the latents of Path
// (ops/transforms/path.h), by what the extractor sees. Columns:
//   unsure      share of frames whose greatest probability is below `least`, ends included
//   confidence  mean of the greatest probability over all frames
//   changes     how often the most probable class changes along a path, mean over the paths
// open() throws Error(usage) for an extractor without classes, for images that it does not take and
// for options out of range.
struct PathConfidence {
  std::shared_ptr<const Extractor> extractor;
  Picture picture;     // of the frames
  Extent frames = 10;  // F >= 2, as of Path
  Extent paths = 100;  // >= 1
  double least = 0.7;  // in [0, 1]

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
