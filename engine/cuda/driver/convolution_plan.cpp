#include "engine/cuda/driver/convolution_plan.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "engine/error.h"

namespace ganflow::cuda {
namespace {

using Kind = Convolution::Kind;
using Name = cudnnBackendAttributeName_t;
using Ints = std::vector<std::int64_t>;

constexpr std::int64_t kX = 'x', kK = 'k', kY = 'y';  // tensors by name
constexpr Extent kVector = 16;                        // bytes that kernels load at once, at most

// What the three operations call the same things.
struct Operation {
  cudnnBackendDescriptorType_t type;
  Name x, k, y, window, alpha, beta;
};
const Operation& operation(Kind kind) {
  static constexpr Operation kForward = {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
  static constexpr Operation kInput = {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
  static constexpr Operation kFilter = {
      CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
  return kind == Kind::forward ? kForward : kind == Kind::input ? kInput : kFilter;
}

using Sizes = std::array<Extent, 4>;
Sizes x_of(const Convolution& z) { return {z.n, z.c, z.h, z.w}; }
Sizes k_of(const Convolution& z) { return {z.o, z.c, z.r, z.s}; }
Sizes y_of(const Convolution& z) { return {z.n, z.o, z.p, z.q}; }

// Tensors may be blocks of rows of others: they begin at a multiple of a row's bytes.
std::int64_t alignment(const Sizes& sizes) {
  return std::gcd(kVector, sizes[1] * sizes[2] * sizes[3] * static_cast<Extent>(sizeof(float)));
}

// (n,c,h,w), its channels stored last or behind the first axis.
void describe_tensor(Descriptor& d, std::int64_t name, const Sizes& sizes, bool last) {
  const auto [n, c, h, w] = sizes;
  d.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{CUDNN_DATA_FLOAT});
  d.set(CUDNN_ATTR_TENSOR_DIMENSIONS, Ints{n, c, h, w});
  d.set(CUDNN_ATTR_TENSOR_STRIDES,
        last ? Ints{c * h * w, 1, w * c, c} : Ints{c * h * w, h * w, w, 1});
  d.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, Ints{name});
  d.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, Ints{alignment(sizes)});
  d.finalize();
}

bool acceptable(const std::vector<cudnnBackendNumericalNote_t>& notes, ConvolutionMath math) {
  const auto noted = [&](cudnnBackendNumericalNote_t note) {
    return std::count(notes.begin(), notes.end(), note) > 0;
  };
  if (noted(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC) ||
      noted(CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION))
    return false;
  return math == ConvolutionMath::tf32 || (!noted(CUDNN_NUMERICAL_NOTE_TENSOR_CORE) &&
                                           !noted(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS));
}

}  // namespace

ConvolutionPlan::ConvolutionPlan(const Cudnn& cudnn, const CudnnCard& card, const Convolution& z,
                                 ConvolutionMath math)
    : cudnn_(cudnn), convolution_(z) {
  const Operation& names = operation(z.kind);
  parts_.reserve(8);
  Descriptor& x = make(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  describe_tensor(x, kX, x_of(z), z.images_last);
  Descriptor& k = make(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  describe_tensor(k, kK, k_of(z), z.kernels_last);
  Descriptor& y = make(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  describe_tensor(y, kY, y_of(z), z.images_last);
  Descriptor& window = make(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  window.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{CUDNN_DATA_FLOAT});
  window.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE,
             std::vector{CUDNN_CROSS_CORRELATION});
  window.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, Ints{2});
  window.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, Ints{z.stride, z.stride});
  window.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, Ints{z.top, z.left});
  window.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, Ints{z.bottom, z.right});
  window.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, Ints{1, 1});
  window.finalize();
  Descriptor& sum = make(names.type);
  sum.set(names.x, x);
  sum.set(names.k, k);
  sum.set(names.y, y);
  sum.set(names.window, window);
  sum.set(names.alpha, CUDNN_TYPE_FLOAT, std::vector{1.0f});
  sum.set(names.beta, CUDNN_TYPE_FLOAT, std::vector{0.0f});
  sum.finalize();
  Descriptor& graph = make(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, sum);
  if (card.handle)
    graph.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, std::vector{card.handle});
  graph.finalize();
  const Descriptor* described = nullptr;
  if (!card.handle) {
    Descriptor& properties = make(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    properties.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR,
                   std::vector<char>(card.description.begin(), card.description.end()));
    properties.finalize();
    described = &properties;
  }
  // What mode A offers is meant to be fast; for some sums on some cards it offers nothing.
  for (const auto mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK})
    if (choose(graph, card.handle, described, mode, math)) return;
  fail(Fault::usage,
       "--device cuda: cuDNN has no plan for {} that gives equal bits every time{}; "
       "use --device cpu",
       describe(z), math == ConvolutionMath::fp32 ? " in float32" : "");
}

Descriptor& ConvolutionPlan::make(cudnnBackendDescriptorType_t type) {
  return parts_.emplace_back(cudnn_, type);
}

bool ConvolutionPlan::choose(const Descriptor& graph, cudnnHandle_t handle,
                             const Descriptor* described, cudnnBackendHeurMode_t mode,
                             ConvolutionMath math) {
  Descriptor heuristic(cudnn_, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristic.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
  heuristic.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, std::vector{mode});
  if (described) heuristic.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *described);
  if (!heuristic.finalized()) return false;
  const auto offered =
      heuristic.count(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR);
  std::vector<Descriptor> configurations;
  for (std::int64_t i = 0; i < offered; ++i)
    configurations.emplace_back(cudnn_, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
  const std::size_t n = heuristic.get(CUDNN_ATTR_ENGINEHEUR_RESULTS, configurations);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<Descriptor> engine;
    engine.emplace_back(cudnn_, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
    configurations[i].get(CUDNN_ATTR_ENGINECFG_ENGINE, engine);
    if (!acceptable(engine[0].get<cudnnBackendNumericalNote_t>(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                                                               CUDNN_TYPE_NUMERICAL_NOTE,
                                                               CUDNN_NUMERICAL_NOTE_TYPE_COUNT),
                    math))
      continue;
    Descriptor plan(cudnn_, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configurations[i]);
    if (described)
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *described);
    else
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, std::vector{handle});
    if (!plan.finalized()) continue;  // an engine that does without on this card
    engine_ = engine[0].get<std::int64_t>(CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1)[0];
    workspace_bytes_ = static_cast<std::size_t>(
        plan.get<std::int64_t>(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1)[0]);
    chosen_.push_back(std::move(configurations[i]));
    chosen_.push_back(std::move(plan));
    return true;
  }
  return false;
}

std::string ConvolutionPlan::json() const {
  const Descriptor& plan = chosen_.back();
  const auto bytes = plan.count(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR);
  const auto text =
      plan.get<char>(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, bytes);
  return {text.begin(), std::find(text.begin(), text.end(), '\0')};
}

void ConvolutionPlan::execute(cudnnHandle_t handle, std::byte* first, std::byte* second,
                              std::byte* result, std::byte* workspace) const {
  const Convolution& z = convolution_;
  std::byte* const x = z.kind == Kind::input ? result : first;
  std::byte* const k = z.kind == Kind::filter ? result : second;
  std::byte* const y = z.kind == Kind::forward ? result : z.kind == Kind::input ? first : second;
  for (const auto& [at, sizes] : {std::pair(x, x_of(z)), {k, k_of(z)}, {y, y_of(z)}})
    if (reinterpret_cast<std::uintptr_t>(at) % static_cast<std::uintptr_t>(alignment(sizes)) != 0)
      fail(Fault::usage, "--device cuda: a tensor of {} begins within a row; use --device cpu",
           describe(z));
  Descriptor pack(cudnn_, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, Ints{kX, kK, kY});
  pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, std::vector<void*>{x, k, y});
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, std::vector<void*>{workspace});
  pack.finalize();
  check(cudnn_, cudnn_.cudnnBackendExecute(handle, chosen_.back().handle(), pack.handle()),
        describe(convolution_));
}

}  // namespace ganflow::cuda
