// Which stages of one timing have to meet before another may run.
#pragma once

#include <vector>

#include "engine/graph/lowered.h"

namespace ganflow {

struct StageOrder {
  // By stage: those directly before it. An order that follows from others would only cost a match.
  std::vector<std::vector<std::size_t>> before;
  std::vector<std::size_t> last;  // those that no other follows
};

// Of the stages of `timing`, which are in a valid execution order; the others have nothing before.
StageOrder order_of(const std::vector<LoweredStage>& stages, Timing timing);

}  // namespace ganflow
