// A program as a case for a GPU: its text is run on the host, launch by launch.
#pragma once

#include <string>

#include "engine/program/evaluate.h"
#include "gpu_check/gpu_case.h"

namespace ganflow::test {

// `inputs`: of every input and variable. Draws are those of seed 1, step 2.
GpuCase record_case(const std::string& name, const Program& program, const Tensors& inputs);

}  // namespace ganflow::test
