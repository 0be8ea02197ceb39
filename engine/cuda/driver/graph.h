// A program's launches as a CUDA graph: one call of the driver runs them all, side by side where
// their hazards allow.
#pragma once

#include <cstddef>
#include <functional>
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
  // Instead of a function: enqueues the launches of a library, which become one node (a graph of
  // its own, so that what the library enqueues needs no edges of ours). Throws Error(usage).
  std::function<void(CUstream)> by_library;
};

class LaunchGraph {
 public:
  // `edges` as above, by node. Nothing is launched. Throws Error(usage).
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
