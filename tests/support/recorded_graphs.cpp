// Modules and graphs of the recorded driver, and programs of the host on it.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <span>

#include "engine/cuda/driver/device.h"
#include "engine/cuda/driver/graph.h"
#include "engine/cuda/driver/queue.h"
#include "engine/device/denormals.h"
#include "support/recorded_state.h"
#include "support/recorded_stream.h"

namespace ganflow::test {
namespace {

struct RecordedFunction {
  void (*text)(unsigned grid, unsigned replicas, bool reverse, const void* arguments) = nullptr;
  std::function<void()> host;  // instead
};

struct RecordedModule {
  void* handle = nullptr;  // of the shared object
  std::map<std::string, RecordedFunction> functions;
};

struct RecordedGraph;
struct RecordedNode {
  RecordedFunction* function = nullptr;
  std::function<void()> host;                  // instead
  std::shared_ptr<const RecordedGraph> child;  // or this
  unsigned grid = 0;
  std::vector<std::byte> arguments;
  std::vector<std::size_t> earlier;
};
struct RecordedGraph {
  std::deque<RecordedNode> nodes;
};

RecordedState& state() { return recorded_state(); }

#define GANFLOW_BEGIN(...) \
  if (const CUresult r = state().begin(__VA_ARGS__); r != CUDA_SUCCESS) return r

// By a file of its own name: the loader knows libraries by theirs.
void* open_image(const void* image, std::size_t bytes) {
  std::string name = "/tmp/ganflow-kernels-XXXXXX";
  const int file = mkstemp(name.data());
  const bool written = write(file, image, bytes) == static_cast<ssize_t>(bytes);
  close(file);
  void* library = written ? dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
  unlink(name.c_str());
  return library;
}

// Runs the nodes in a random order that their edges allow.
void run(const RecordedGraph& graph, std::minstd_rand& random) {
  std::vector<std::size_t> waiting, ready;
  for (const RecordedNode& node : graph.nodes) waiting.push_back(node.earlier.size());
  for (std::size_t i = 0; i < waiting.size(); ++i)
    if (waiting[i] == 0) ready.push_back(i);
  while (!ready.empty()) {
    std::swap(ready[random() % ready.size()], ready.back());
    const std::size_t i = ready.back();
    ready.pop_back();
    const RecordedNode& node = graph.nodes[i];
    if (node.child) {
      run(*node.child, random);
    } else if (node.host) {
      node.host();
    } else if (node.function->host) {
      const FlushDenormals flush;  // as every thread that runs programs of the CPU
      node.function->host();
    } else {
      node.function->text(node.grid, 1, random() % 2, node.arguments.data());
    }
    for (std::size_t later = i + 1; later < graph.nodes.size(); ++later)
      for (const std::size_t e : graph.nodes[later].earlier)
        if (e == i && --waiting[later] == 0) ready.push_back(later);
  }
}

struct RecordedExecutableGraph {
  std::shared_ptr<const RecordedGraph> graph;
  std::shared_ptr<std::minstd_rand> random;
};

std::string sizes_of(const CUDA_KERNEL_NODE_PARAMS& p, std::size_t edges) {
  return std::to_string(p.gridDimX) + "x" + std::to_string(p.blockDimX) + " after " +
         std::to_string(edges);
}

CUresult append(CUgraphNode* made, RecordedGraph& graph, RecordedNode node,
                std::span<const CUgraphNode> earlier) {
  for (const CUgraphNode e : earlier) {
    std::size_t at = 0;
    while (at < graph.nodes.size() && &graph.nodes[at] != reinterpret_cast<RecordedNode*>(e)) ++at;
    if (at == graph.nodes.size()) return CUDA_ERROR_INVALID_VALUE;
    node.earlier.push_back(at);
  }
  *made = reinterpret_cast<CUgraphNode>(&graph.nodes.emplace_back(std::move(node)));
  return CUDA_SUCCESS;
}

CUresult add_node(CUgraphNode* made, CUgraph to, const CUgraphNode* earlier, std::size_t edges,
                  const CUDA_KERNEL_NODE_PARAMS* p) {
  GANFLOW_BEGIN("cuGraphAddKernelNode", sizes_of(*p, edges));
  RecordedGraph& graph = *reinterpret_cast<RecordedGraph*>(to);
  if (p->func == nullptr || p->gridDimX == 0 || p->blockDimX == 0 || p->blockDimX > 1024 ||
      p->gridDimY * p->gridDimZ * p->blockDimY * p->blockDimZ != 1 || p->kernelParams != nullptr ||
      p->extra == nullptr || p->extra[0] != CU_LAUNCH_PARAM_BUFFER_POINTER ||
      p->extra[2] != CU_LAUNCH_PARAM_BUFFER_SIZE || p->extra[4] != CU_LAUNCH_PARAM_END)
    return CUDA_ERROR_INVALID_VALUE;
  RecordedNode node;
  node.function = reinterpret_cast<RecordedFunction*>(p->func);
  node.grid = p->gridDimX;
  const auto* arguments = static_cast<const std::byte*>(p->extra[1]);
  const std::size_t bytes = *static_cast<const std::size_t*>(p->extra[3]);
  node.arguments.assign(arguments, arguments + bytes);
  return append(made, graph, std::move(node), {earlier, edges});
}

// Streams that are being recorded.
std::map<CUstream, RecordedGraph*>& recordings() {
  static std::map<CUstream, RecordedGraph*> open;
  return open;
}

}  // namespace

bool record_work(CUstream stream, std::function<void()> work) {
  const std::lock_guard lock(state().mutex);
  const auto found = recordings().find(stream);
  if (found == recordings().end()) return false;
  RecordedNode node;
  node.host = std::move(work);
  const std::size_t n = found->second->nodes.size();
  if (n > 0) node.earlier = {n - 1};
  found->second->nodes.push_back(std::move(node));
  return true;
}

void forget_recording(CUstream stream) {
  const std::lock_guard lock(state().mutex);
  const auto found = recordings().find(stream);
  if (found == recordings().end()) return;
  delete found->second;
  recordings().erase(found);
}

void fill_recorded_graphs(cuda::Driver& t) {
  t.cuModuleLoadData = [](CUmodule* module, const void* image) -> CUresult {
    GANFLOW_BEGIN("cuModuleLoadData");
    // The size stands before it (support/recorded_nvrtc.cpp).
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, image, sizeof bytes);
    void* library = open_image(static_cast<const std::byte*>(image) + sizeof bytes, bytes);
    if (library == nullptr) return CUDA_ERROR_INVALID_IMAGE;
    auto* made = new RecordedModule;
    made->handle = library;
    *module = reinterpret_cast<CUmodule>(made);
    state().made("modules");
    return CUDA_SUCCESS;
  };
  t.cuModuleUnload = [](CUmodule module) -> CUresult {
    auto* made = reinterpret_cast<RecordedModule*>(module);
    dlclose(made->handle);
    delete made;
    state().given_back("modules");
    return state().begin("cuModuleUnload");
  };
  t.cuModuleGetFunction = [](CUfunction* function, CUmodule module, const char* name) -> CUresult {
    GANFLOW_BEGIN("cuModuleGetFunction", name);
    auto& made = *reinterpret_cast<RecordedModule*>(module);
    void* found = dlsym(made.handle, name);
    if (found == nullptr) return CUDA_ERROR_NOT_FOUND;
    RecordedFunction& f = made.functions[name];
    f.text = reinterpret_cast<decltype(f.text)>(found);
    *function = reinterpret_cast<CUfunction>(&f);
    return CUDA_SUCCESS;
  };
  t.cuGraphCreate = [](CUgraph* graph, unsigned) -> CUresult {
    GANFLOW_BEGIN("cuGraphCreate");
    *graph = reinterpret_cast<CUgraph>(new RecordedGraph);
    state().made("graphs");
    return CUDA_SUCCESS;
  };
  t.cuGraphDestroy = [](CUgraph graph) -> CUresult {
    delete reinterpret_cast<RecordedGraph*>(graph);
    state().given_back("graphs");
    return state().begin("cuGraphDestroy");
  };
  t.cuGraphAddKernelNode = &add_node;
  t.cuStreamBeginCapture = [](CUstream stream, CUstreamCaptureMode) -> CUresult {
    GANFLOW_BEGIN("cuStreamBeginCapture");
    const std::lock_guard lock(state().mutex);
    recordings()[stream] = new RecordedGraph;
    return CUDA_SUCCESS;
  };
  t.cuStreamEndCapture = [](CUstream stream, CUgraph* graph) -> CUresult {
    GANFLOW_BEGIN("cuStreamEndCapture");
    {
      const std::lock_guard lock(state().mutex);
      *graph = reinterpret_cast<CUgraph>(recordings().at(stream));
      recordings().erase(stream);
    }
    state().made("graphs");
    return CUDA_SUCCESS;
  };
  t.cuGraphAddChildGraphNode = [](CUgraphNode* made, CUgraph to, const CUgraphNode* earlier,
                                  std::size_t edges, CUgraph child) -> CUresult {
    GANFLOW_BEGIN("cuGraphAddChildGraphNode", "after " + std::to_string(edges));
    RecordedNode node;
    node.child =
        std::make_shared<const RecordedGraph>(*reinterpret_cast<const RecordedGraph*>(child));
    return append(made, *reinterpret_cast<RecordedGraph*>(to), std::move(node), {earlier, edges});
  };
  t.cuGraphInstantiateWithFlags = [](CUgraphExec* made, CUgraph graph,
                                     unsigned long long) -> CUresult {
    GANFLOW_BEGIN("cuGraphInstantiateWithFlags");
    *made = reinterpret_cast<CUgraphExec>(new RecordedExecutableGraph{
        std::make_shared<const RecordedGraph>(*reinterpret_cast<RecordedGraph*>(graph)),
        std::make_shared<std::minstd_rand>(static_cast<unsigned>(state().options.seed))});
    state().made("executable graphs");
    return CUDA_SUCCESS;
  };
  t.cuGraphExecDestroy = [](CUgraphExec graph) -> CUresult {
    if (graph == nullptr) return CUDA_ERROR_INVALID_VALUE;
    delete reinterpret_cast<RecordedExecutableGraph*>(graph);
    state().given_back("executable graphs");
    return state().begin("cuGraphExecDestroy");
  };
  t.cuGraphLaunch = [](CUgraphExec graph, CUstream stream) -> CUresult {
    GANFLOW_BEGIN("cuGraphLaunch");
    const auto& made = *reinterpret_cast<RecordedExecutableGraph*>(graph);
    reinterpret_cast<RecordedStream*>(stream)->push(
        [graph = made.graph, random = made.random] { state().run([&] { run(*graph, *random); }); });
    return CUDA_SUCCESS;
  };
}

std::shared_ptr<const Device> recorded_device() {
  return cuda::make_device(recorded_driver(), recorded_nvrtc(), &recorded_cudnn, 0, "");
}

namespace {

class HostPrepared final : public Prepared {
 public:
  HostPrepared(std::shared_ptr<const cuda::Context> context, std::unique_ptr<Prepared> program)
      : program_(std::move(program)), graph_(std::move(context), {&node(), 1}, {{}}) {}
  void enqueue(Queue& queue) noexcept override {
    queue_ = &queue;
    static_cast<cuda::StreamQueue&>(queue).launch(graph_.executable());
  }

 private:
  const cuda::KernelNode& node() {
    function_.host = [program = program_.get(), this] { program->enqueue(*queue_); };
    node_ = {reinterpret_cast<CUfunction>(&function_), 1, 32, {}};
    return node_;
  }
  std::unique_ptr<Prepared> program_;
  Queue* queue_ = nullptr;
  RecordedFunction function_;
  cuda::KernelNode node_;
  cuda::LaunchGraph graph_;
};

class HostExecutable final : public Executable {
 public:
  explicit HostExecutable(std::shared_ptr<const Executable> program)
      : program_(std::move(program)) {
    report_ = program_->report();
  }
  std::unique_ptr<Prepared> prepare(const Bindings& bindings) const override {
    return std::make_unique<HostPrepared>(context_, program_->prepare(bindings));
  }

 private:
  std::shared_ptr<const Executable> program_;
  std::shared_ptr<const cuda::Context> context_ =
      std::make_shared<const cuda::Context>(recorded_driver(), 0);
};

}  // namespace

std::shared_ptr<const Executable> recorded(std::shared_ptr<const Executable> executable) {
  return std::make_shared<const HostExecutable>(std::move(executable));
}

}  // namespace ganflow::test
