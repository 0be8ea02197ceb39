// Which results are computed where they belong (output slots, variables), in which order kernels
// run so that every reader of a variable sees its old value, and what has to be copied.
#pragma once

#include "engine/program/plan.h"

namespace ganflow {

struct ResultCopy {
  ValueId value;
  Place to;
  bool aside = false;  // reads a variable that may be overwritten: set aside before everything
};

struct Homes {
  std::vector<Place> home;  // by node; Space::none: the arena, if it is stored at all
  std::vector<ResultCopy> copies;
  std::vector<int> position;  // by kernel of the fusion
};

Homes choose_homes(const Units& units, const Fusion& fusion, const PlanOptions& options);

bool is_variable(const Units& units, ValueId id);

}  // namespace ganflow
