// Runs cases on a GPU and says what holds.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/cuda/driver/context.h"
#include "engine/cuda/driver/jit.h"
#include "gpu_check/gpu_case.h"

namespace ganflow::test {

struct CheckOptions {
  int repeat = 1000;  // launches of each of the runs whose bits must be equal
};

// A Markdown block, line by line to `print`. Of each case: how many kernels leave the bits that the
// host's compiler gives them, each alone on the memory that the ones before it should have left;
// whether all of them as one graph do, too; how far its tensors are from float64; whether the graph
// launched `repeat` times leaves the same bits again, and beside another graph; microseconds a
// launch. Kernels with other bits are named with the largest difference in units in the last
// place; 1 is allowed to those that call what no standard rounds (sine, cosine, double logarithm).
// True: all of it holds.
bool check_gpu(const std::shared_ptr<const cuda::Context>& gpu, const cuda::Jit& jit,
               std::span<const GpuCase> cases, const CheckOptions& options,
               const std::function<void(const std::string&)>& print);

}  // namespace ganflow::test
