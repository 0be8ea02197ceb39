// Which stages of one timing have to meet before another may run.
#pragma once

#include <vector>

#include "engine/graph/lowered.h"

namespace ganflow {

struct StageOrder {
  // By stage: the stages that its node runs, in order, itself the last. Those that another's runs
  // have none.
  std::vector<std::vector<std::size_t>> runs;
  // By stage with a node: those with one directly before it. An order that follows from others
  // would only cost a match.
  std::vector<std::vector<std::size_t>> before;
  std::vector<std::size_t> last;  // those with a node that no other follows
};

// Of the stages of `timing`: one that is in line is run by the node of those behind it, if that is
// one and the same. Stages are in a valid execution order; the others have nothing before.
StageOrder order_of(const std::vector<LoweredStage>& stages, Timing timing);

}  // namespace ganflow
