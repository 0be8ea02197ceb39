#include "engine/cuda/driver/graph.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace ganflow::cuda {
namespace {

// The description that an executable graph is made from.
struct Description {
  explicit Description(const Context& of) : context(of) {
    context.call("making a graph", context.driver().cuGraphCreate, &graph, 0u);
  }
  ~Description() {
    if (graph) context.release(context.driver().cuGraphDestroy, graph);
  }
  const Context& context;
  CUgraph graph = nullptr;
};

// block.h's Arguments, by value: the pointers, then a stride for each, of replicas that share a
// launch.
std::vector<std::byte*> arguments(const KernelNode& node) {
  std::vector<std::byte*> all = node.pointers;
  all.resize(2 * std::max<std::size_t>(1, node.pointers.size()));
  return all;
}

// A stream of which nothing runs: what is enqueued on it becomes a graph.
class Recording {
 public:
  explicit Recording(const Context& of) : context_(of) {
    context_.call("making a graph", context_.driver().cuStreamCreateWithPriority, &stream_,
                  static_cast<unsigned>(CU_STREAM_NON_BLOCKING), 0);
    context_.check();
  }
  ~Recording() { context_.release(context_.driver().cuStreamDestroy, stream_); }
  Recording(const Recording&) = delete;

  // Libraries may load kernels meanwhile: the mode that lets them. The graph is the caller's.
  CUgraph graph_of(const std::function<void(CUstream)>& enqueue) const {
    const Driver& driver = context_.driver();
    context_.call("making a graph", driver.cuStreamBeginCapture, stream_,
                  CU_STREAM_CAPTURE_MODE_RELAXED);
    context_.check();
    try {
      enqueue(stream_);
    } catch (...) {
      CUgraph broken = nullptr;
      if (context_.enter()) driver.cuStreamEndCapture(stream_, &broken);
      if (broken) context_.release(driver.cuGraphDestroy, broken);
      throw;
    }
    CUgraph made = nullptr;
    context_.call("making a graph", driver.cuStreamEndCapture, stream_, &made);
    return made;
  }

 private:
  const Context& context_;
  CUstream stream_ = nullptr;
};

CUgraphNode add_library(const Description& to, const Recording& recording, const KernelNode& node,
                        const std::vector<CUgraphNode>& earlier) {
  const Context& context = to.context;
  const CUgraph part = recording.graph_of(node.by_library);
  CUgraphNode made = nullptr;
  context.call("making a graph", context.driver().cuGraphAddChildGraphNode, &made, to.graph,
               earlier.data(), earlier.size(), part);
  if (part) context.release(context.driver().cuGraphDestroy, part);
  context.check();
  return made;
}

CUgraphNode add(const Description& to, const KernelNode& node,
                const std::vector<CUgraphNode>& earlier) {
  std::vector<std::byte*> values = arguments(node);
  std::size_t bytes = values.size() * sizeof values[0];
  void* extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, values.data(), CU_LAUNCH_PARAM_BUFFER_SIZE,
                   &bytes, CU_LAUNCH_PARAM_END};
  CUDA_KERNEL_NODE_PARAMS parameters{};
  parameters.func = node.function;
  parameters.gridDimX = node.grid;
  parameters.blockDimX = node.threads;
  parameters.gridDimY = parameters.gridDimZ = parameters.blockDimY = parameters.blockDimZ = 1;
  parameters.extra = extra;
  CUgraphNode made = nullptr;
  to.context.call("making a graph", to.context.driver().cuGraphAddKernelNode, &made, to.graph,
                  earlier.data(), earlier.size(), &parameters);
  to.context.check();
  return made;
}

}  // namespace

// A launch's nearest predecessor first: what lies before one that is kept needs no edge.
std::vector<std::vector<std::size_t>> direct_edges(std::size_t launches,
                                                   std::span<const kernels::Hazard> hazards) {
  std::vector<std::vector<std::size_t>> earlier(launches);
  for (const kernels::Hazard& h : hazards) earlier[h.later].push_back(h.earlier);
  std::vector<std::vector<bool>> before(launches);  // by launch: all that it waits for
  for (std::size_t i = 0; i < launches; ++i) {
    std::sort(earlier[i].begin(), earlier[i].end(), std::greater<>());
    std::vector<std::size_t> direct;
    before[i].assign(i, false);
    for (const std::size_t e : earlier[i]) {
      if (before[i][e]) continue;
      direct.push_back(e);
      before[i][e] = true;
      for (std::size_t k = 0; k < e; ++k)
        if (before[e][k]) before[i][k] = true;
    }
    earlier[i].assign(direct.rbegin(), direct.rend());
  }
  return earlier;
}

LaunchGraph::LaunchGraph(std::shared_ptr<const Context> context, std::span<const KernelNode> nodes,
                         const std::vector<std::vector<std::size_t>>& edges)
    : context_(std::move(context)) {
  const Description description(*context_);
  context_->check();
  std::optional<Recording> recording;
  std::vector<CUgraphNode> made;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    std::vector<CUgraphNode> earlier;
    for (const std::size_t e : edges[i]) earlier.push_back(made[e]);
    if (nodes[i].by_library && !recording) recording.emplace(*context_);
    made.push_back(nodes[i].by_library ? add_library(description, *recording, nodes[i], earlier)
                                       : add(description, nodes[i], earlier));
  }
  context_->call("making a graph", context_->driver().cuGraphInstantiateWithFlags, &executable_,
                 description.graph, 0ull);
  context_->check();
}

LaunchGraph::~LaunchGraph() {
  context_->release(context_->driver().cuGraphExecDestroy, executable_);
}

}  // namespace ganflow::cuda
