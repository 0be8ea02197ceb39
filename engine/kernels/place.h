// Which results are computed where they belong (output slots, variables), in which order kernels
// run so that every reader of a variable sees its old value, and what has to be copied.
#pragma once

#include "engine/kernels/plan.h"

namespace ganflow::kernels {

struct ResultCopy {
  ValueId value;
  Place to;
  bool aside = false;  // reads a variable that may be overwritten: set aside before everything
};

struct Placement {
  std::vector<Place> home;  // by node; Space::none: the arena, if it is stored at all
  std::vector<ResultCopy> copies;
  std::vector<int> position;  // by kernel of the fusion
};

Placement place_results(const Classified& classified, const Fusion& fusion,
                        const PlanOptions& options);

bool is_variable(const Classified& classified, ValueId id);

// Those that a kernel, a place or a result reads.
std::set<ValueId> constants_read(const Classified& classified, const Fusion& fusion);

}  // namespace ganflow::kernels
