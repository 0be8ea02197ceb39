// Runs a compiled program on tensors by name, as evaluate() does, so that the two can be compared.
#pragma once

#include "engine/device/executable.h"
#include "engine/program/evaluate.h"

namespace ganflow::test {

struct RunOptions {
  CompileOptions compile;
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
  // Runs from the same inputs and variables; all must agree bitwise. On the CPU every other run
  // does each unit of a kernel by itself, the last one first (engine/device/team.h).
  int repeat = 1;
  int threads = 1;                           // that share each run
  std::vector<std::uint64_t> later_steps{};  // of further clocks
};

// Outputs by slot name and assigned variables by variable name. The arena holds NaN before every
// run, so a value read before it was written shows. Throws std::logic_error when repeated runs
// differ or a run allocates.
Tensors run_compiled(const Program& program, const Tensors& inputs, const RunOptions& options = {});

// The same with an executable made of the program.
Tensors run_executable(const Executable& executable, const Program& program, const Tensors& inputs,
                       const RunOptions& options = {});

// Largest |a - b| / max(1, |a|, |b|) over all tensors; infinite where one is not finite and the
// other is, or names and sizes differ.
double distance(const Tensors& a, const Tensors& b);

// Random values in [-1, 1] for every input and variable of the program (masks 0 or 1, indices 0).
Tensors random_inputs(const Program& program, std::uint64_t seed);

}  // namespace ganflow::test
