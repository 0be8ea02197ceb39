// A program's launches as a CUDA graph: one call of the driver runs them all, side by side where
// their hazards allow.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/cuda/driver/context.h"
#include "engine/kernels/check.h"

namespace ganflow::cuda {

// By launch: the earlier ones that it waits for itself; those that follow from others are left out.
std::vector<std::vector<std::size_t>> direct_edges(std::size_t launches,
                                                   std::span<const kernels::Hazard> hazards);

struct KernelNode {
  CUfunction function = nullptr;
  unsigned grid = 0, threads = 0;
  std::vector<std::byte*> pointers;  // its tensors
};

class LaunchGraph {
 public:
  // `edges` as above, by node. Throws Error(usage).
  LaunchGraph(std::shared_ptr<const Context> context, std::span<const KernelNode> nodes,
              const std::vector<std::vector<std::size_t>>& edges);
  ~LaunchGraph();
  LaunchGraph(const LaunchGraph&) = delete;
  CUgraphExec executable() const { return executable_; }

 private:
  std::shared_ptr<const Context> context_;
  CUgraphExec executable_ = nullptr;
};

}  // namespace ganflow::cuda
