// What a program becomes on the CPU up to the list of launches, for the checker.
#pragma once

#include "engine/kernels/check.h"

namespace ganflow::test {

struct LaunchOptions {
  bool fuse = true;
  kernels::PlanOptions planning;
  Precision precision = Precision::float32;
};

// Of a rewritten program, scratch of the CPU included.
kernels::Launches launches_of(const Program& rewritten, const LaunchOptions& options = {});

}  // namespace ganflow::test
