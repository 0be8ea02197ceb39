// What a program becomes on the CPU up to the list of launches, for the checker.
#pragma once

#include "engine/cpu/target.h"
#include "engine/kernels/check.h"
#include "engine/kernels/report.h"

namespace ganflow::test {

struct LaunchOptions {
  bool fuse = true;
  kernels::PlanOptions planning;
  Precision precision = Precision::float32;
  kernels::Target target = cpu::target();
};

// Of a rewritten program, scratch of the CPU included.
kernels::Launches launches_of(const Program& rewritten, const LaunchOptions& options = {});

// Rewritten and planned for any device.
struct Planned {
  kernels::Report report;
  kernels::Launches launches;
};
Planned planned(const Program& program, const kernels::Target& target);

// The CPU as a device that runs launches side by side and takes operands in blocks of rows. What is
// planned for it runs on the CPU, too: it has no epilogues, so that products take no blocks.
kernels::Target cpu_side_by_side();

// A device whose launches run side by side; matmuls take an epilogue there, convolutions do not.
kernels::Target side_by_side_target();

}  // namespace ganflow::test
