#include "engine/cpu/single.h"

#include <algorithm>
#include <cstring>

#include "engine/error.h"

namespace ganflow::cpu {
namespace {

constexpr std::size_t kTile = 512;    // elements: a few registers of it stay in L1
constexpr std::size_t kOperands = 8;  // of one elementwise primitive

struct SingleSpec : Spec {
  Node node;
  std::vector<TensorType> input_types;
  std::vector<Place> inputs;
  Place output;
  KernelPair kernel;
  TileLoop loop;
};

template <class T>
void widen(T* to, const std::byte* from, DType type, std::size_t first, std::size_t n) {
  if (type == DType::mask) {
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<T>(from[first + i]);
  } else {
    const auto* whole = reinterpret_cast<const std::int32_t*>(from) + first;
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<T>(whole[i]);
  }
}

template <class T>
void narrow(std::byte* to, const T* from, DType type, std::size_t first, std::size_t n) {
  if (type == DType::mask) {
    for (std::size_t i = 0; i < n; ++i) to[first + i] = static_cast<std::byte>(from[i] != 0);
  } else {
    auto* whole = reinterpret_cast<std::int32_t*>(to) + first;
    for (std::size_t i = 0; i < n; ++i) whole[i] = static_cast<std::int32_t>(from[i]);
  }
}

template <class T>
void run_elementwise(const Spec& base, const Frame& frame) {
  const auto& spec = static_cast<const SingleSpec&>(base);
  T tiles[kOperands][kTile];
  const T* x[kOperands] = {};
  std::byte* from[kOperands] = {};
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) from[i] = frame.at(spec.inputs[i]);
  std::byte* to = frame.at(spec.output);
  const auto elements = static_cast<std::size_t>(spec.node.shape().elements());
  for (std::size_t first = 0; first < elements; first += kTile) {
    const std::size_t n = std::min(kTile, elements - first);
    for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
      const DType type = spec.input_types[i].dtype;
      if (type == DType::real) {
        x[i] = reinterpret_cast<const T*>(from[i]) + first;
      } else {
        widen(tiles[i], from[i], type, first, n);
        x[i] = tiles[i];
      }
    }
    const bool direct = spec.node.type.dtype == DType::real;
    T* y = direct ? reinterpret_cast<T*>(to) + first : tiles[0];
    if constexpr (sizeof(T) == 8)
      spec.loop.f64(y, x, spec.node.attributes, n);
    else
      spec.loop.f32(y, x, spec.node.attributes, n);
    if (!direct) narrow(to, y, spec.node.type.dtype, first, n);
  }
}

template <class T>
void run_kernel(const Spec& base, const Frame& frame) {
  constexpr std::size_t kMany = 32;  // concat is the only primitive with more than three operands
  const auto& spec = static_cast<const SingleSpec&>(base);
  const void* pointers[kMany];
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) pointers[i] = frame.at(spec.inputs[i]);
  const KernelCall call{&spec.node,          spec.input_types,   pointers, frame.at(spec.output),
                        frame.bindings.seed, frame.bindings.step};
  (sizeof(T) == 8 ? spec.kernel.f64 : spec.kernel.f32)(call);
}

struct CopySpec : Spec {
  Place from, to;
  std::size_t bytes = 0;
};

void run_copy(const Spec& base, const Frame& frame) {
  const auto& spec = static_cast<const CopySpec&>(base);
  std::memmove(frame.at(spec.to), frame.at(spec.from), spec.bytes);
}

}  // namespace

Call single_call(const Node& node, std::vector<TensorType> input_types, std::vector<Place> inputs,
                 Place output, Precision precision) {
  auto spec = std::make_unique<SingleSpec>();
  spec->node = node;
  spec->input_types = std::move(input_types);
  spec->inputs = std::move(inputs);
  spec->output = output;
  spec->loop = node.primitive->tile();
  spec->kernel = node.primitive->fast();
  const bool wide = precision == Precision::float64;
  if (spec->loop.f32)
    return {wide ? &run_elementwise<double> : &run_elementwise<float>, std::move(spec)};
  if (!spec->kernel.f32) fail(Fault::usage, "{} has no kernel for the CPU", node.primitive->name());
  if (spec->inputs.size() > 32)
    fail(Fault::usage, "{} of {} operands, the CPU takes at most 32 in one operation",
         node.primitive->name(), spec->inputs.size());
  return {wide ? &run_kernel<double> : &run_kernel<float>, std::move(spec)};
}

Call copy_call(Place from, Place to, std::size_t bytes) {
  auto spec = std::make_unique<CopySpec>();
  spec->from = from;
  spec->to = to;
  spec->bytes = bytes;
  return {&run_copy, std::move(spec)};
}

}  // namespace ganflow::cpu
