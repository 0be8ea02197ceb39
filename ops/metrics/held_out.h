// Means over a held-out set of what a network says of each of its items: accuracy, loss.
#pragma once

#include <memory>
#include <vector>

#include "engine/graph/host.h"

namespace ganflow {

// Of rows (n, K) a column each: y_k = mean over n of x[., k]. The same items are measured at every
// step: of a source in order (MemorySet::in_order), each one once where samples is their number.
// open() throws Error(usage) without a column and for samples < 1.
struct HeldOut {
  std::vector<MetricColumn> columns;  // K
  Extent samples = 1;                 // n

  std::shared_ptr<const Metric> open() const;
};

}  // namespace ganflow
