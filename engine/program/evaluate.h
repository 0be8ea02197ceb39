// The reference interpreter: every node by its plain-loop kernel, in program order, each value in
// its own buffer. Slow, simple, the oracle for everything that is fast.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/program/program.h"

namespace ganflow {

// Tensors by slot name; element type double for real, 0/1 for masks, whole numbers for indices.
using Tensors = std::map<std::string, std::vector<double>>;

struct EvaluateOptions {
  Precision precision = Precision::float64;
  std::uint64_t seed = 0;
  std::uint64_t step = 0;                  // of the program's first clock
  std::vector<std::uint64_t> later_steps;  // of its further clocks, in order
};

// Returns outputs by slot name, and assigned variables by variable name.
Tensors evaluate(const Program& program, const Tensors& inputs,
                 const EvaluateOptions& options = {});

}  // namespace ganflow
