#include "engine/cuda/driver/executable.h"

#include <map>

#include "engine/cuda/driver/graph.h"
#include "engine/cuda/driver/memory.h"
#include "engine/cuda/driver/queue.h"
#include "engine/cuda/source.h"
#include "engine/error.h"

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

// Kernels of one program on the GPU.
class Module {
 public:
  Module(std::shared_ptr<const Context> context, const std::string& image)
      : context_(std::move(context)) {
    context_->call("loading kernels", context_->driver().cuModuleLoadData, &module_,
                   static_cast<const void*>(image.data()));
    context_->check();
  }
  ~Module() { context_->release(context_->driver().cuModuleUnload, module_); }
  Module(const Module&) = delete;
  CUfunction function(const std::string& name) const {
    CUfunction found = nullptr;
    context_->call("loading kernels", context_->driver().cuModuleGetFunction, &found, module_,
                   name.c_str());
    context_->check();
    return found;
  }

 private:
  std::shared_ptr<const Context> context_;
  CUmodule module_ = nullptr;
};

class CudaExecutable final : public Executable {
 public:
  CudaExecutable(std::shared_ptr<const Context> context, const Jit& jit, const Source& source)
      : context_(std::move(context)), launches_(source.kernel_launches) {
    report_ = source.report;
    for (std::size_t i = 0; i < launches_.size(); ++i)
      if (launches_[i].kernel.empty())
        fail(Fault::usage, "{} has no kernel for {} yet; use --device cpu", context_->name(),
             source.program.nodes[source.launches.list[i].node].primitive->name());
    edges_ = direct_edges(launches_.size(), hazards(source.launches));
    if (!launches_.empty()) {
      module_ = std::make_unique<Module>(context_,
                                         jit.compile(source.text, context_->architecture()).image);
      std::map<std::string, CUfunction> functions;
      for (const std::string& name : source.kernels) functions[name] = module_->function(name);
      for (const KernelLaunch& launch : launches_)
        functions_.push_back(functions.at(launch.kernel));
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
    for (std::size_t i = 0; i < launches_.size(); ++i) {
      KernelNode& node = nodes.emplace_back();
      node.function = functions_[i];
      node.grid = launches_[i].grid, node.threads = launches_[i].threads;
      for (const Place& place : launches_[i].pointers)
        node.pointers.push_back(address(place, bindings, constants_.data()));
    }
    return std::make_unique<GraphPrepared>(context_, nodes, edges_);
  }

 private:
  std::shared_ptr<const Context> context_;
  std::vector<KernelLaunch> launches_;
  std::vector<std::vector<std::size_t>> edges_;  // by launch
  std::unique_ptr<const Module> module_;
  std::vector<CUfunction> functions_;  // by launch
  Block constants_;
};

}  // namespace

std::shared_ptr<const Executable> compile(std::shared_ptr<const Context> context, const Jit& jit,
                                          const Program& program, const CompileOptions& options) {
  return std::make_shared<const CudaExecutable>(std::move(context), jit,
                                                write_source(program, options));
}

}  // namespace ganflow::cuda
