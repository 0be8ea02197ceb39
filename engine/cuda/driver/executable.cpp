#include "engine/cuda/driver/executable.h"

#include <map>

#include "engine/cuda/driver/graph.h"
#include "engine/cuda/driver/memory.h"
#include "engine/cuda/driver/module.h"
#include "engine/cuda/driver/queue.h"
#include "engine/cuda/source.h"
#include "engine/cuda/stored.h"

namespace ganflow::cuda {
namespace {

class GraphPrepared final : public Prepared {
 public:
  GraphPrepared(std::shared_ptr<const Context> context, std::span<const KernelNode> nodes,
                const std::vector<std::vector<std::size_t>>& edges)
      : graph_(std::move(context), nodes, edges) {}
  void enqueue(Queue& queue) noexcept override {
    static_cast<StreamQueue&>(queue).launch(graph_.executable());
  }

 private:
  LaunchGraph graph_;
};

class CudaExecutable final : public Executable {
 public:
  CudaExecutable(std::shared_ptr<const Context> context, const Jit& jit,
                 std::shared_ptr<Convolutions> convolutions, const Source& source)
      : context_(std::move(context)),
        convolutions_(std::move(convolutions)),
        launches_(source.kernel_launches) {
    report_ = source.report;
    edges_ = direct_edges(launches_.size(), hazards(source.launches));
    for (const KernelLaunch& launch : launches_)
      plans_.push_back(launch.convolution ? convolutions_->plan(*launch.convolution) : nullptr);
    if (!source.kernels.empty()) {
      module_ = std::make_unique<Module>(context_,
                                         jit.compile(source.text, context_->architecture()).image);
      std::map<std::string, CUfunction> functions;
      for (const std::string& name : source.kernels) functions[name] = module_->function(name);
      for (const KernelLaunch& launch : launches_)
        functions_.push_back(launch.convolution ? nullptr : functions.at(launch.kernel));
    }
    const std::size_t bytes = source.launches.constant_bytes;
    constants_ = device_block(context_, bytes);
    StreamQueue queue(context_, Urgency::background);
    queue.copy(constants_.data(), source.constants.data(), bytes);
    queue.mark().wait();
    context_->check();
  }

  std::unique_ptr<Prepared> prepare(const Bindings& bindings) const override {
    std::vector<KernelNode> nodes;
    nodes.reserve(launches_.size());
    for (std::size_t i = 0; i < launches_.size(); ++i) {
      KernelNode& node = nodes.emplace_back();
      for (const Place& place : launches_[i].pointers)
        node.pointers.push_back(address(place, bindings, constants_.data()));
      if (plans_[i]) {
        node.by_library = [this, plan = plans_[i].get(), &node](CUstream stream) {
          convolutions_->enqueue(*plan, node.pointers, stream);
        };
        continue;
      }
      node.function = functions_[i];
      node.grid = launches_[i].grid, node.threads = launches_[i].threads;
    }
    return std::make_unique<GraphPrepared>(context_, nodes, edges_);
  }

 private:
  std::shared_ptr<const Context> context_;
  std::shared_ptr<Convolutions> convolutions_;
  std::vector<KernelLaunch> launches_;
  std::vector<std::vector<std::size_t>> edges_;  // by launch
  std::unique_ptr<const Module> module_;
  // By launch: either, or the other.
  std::vector<CUfunction> functions_;
  std::vector<std::shared_ptr<const ConvolutionPlan>> plans_;
  Block constants_;
};

}  // namespace

std::shared_ptr<const Executable> compile(std::shared_ptr<const Context> context, const Jit& jit,
                                          std::shared_ptr<Convolutions> convolutions,
                                          const Program& program, const CompileOptions& options) {
  const Source source = write_source(stored(program), options, [&](const Convolution& convolution) {
    return convolutions->plan(convolution)->workspace_bytes();
  });
  return std::make_shared<const CudaExecutable>(std::move(context), jit, std::move(convolutions),
                                                source);
}

}  // namespace ganflow::cuda
