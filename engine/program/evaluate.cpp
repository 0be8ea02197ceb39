#include "engine/program/evaluate.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/program/core.h"

namespace ganflow {
namespace {

using Bytes = std::vector<std::byte>;

template <class T>
Bytes encode(const std::vector<double>& from, DType type) {
  Bytes bytes(from.size() *
              element_bytes(type, sizeof(T) == 8 ? Precision::float64 : Precision::float32));
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (type == DType::real) reinterpret_cast<T*>(bytes.data())[i] = static_cast<T>(from[i]);
    if (type == DType::mask) bytes[i] = static_cast<std::byte>(from[i] != 0);
    if (type == DType::index)
      reinterpret_cast<std::int32_t*>(bytes.data())[i] = static_cast<std::int32_t>(from[i]);
  }
  return bytes;
}

template <class T>
std::vector<double> decode(const Bytes& bytes, DType type, Extent elements) {
  std::vector<double> to(elements);
  for (Extent i = 0; i < elements; ++i) {
    if (type == DType::real) to[i] = reinterpret_cast<const T*>(bytes.data())[i];
    if (type == DType::mask) to[i] = static_cast<double>(bytes[i]);
    if (type == DType::index) to[i] = reinterpret_cast<const std::int32_t*>(bytes.data())[i];
  }
  return to;
}

const std::vector<double>& bound(const Tensors& tensors, const Slot& slot) {
  const auto found = tensors.find(slot.name);
  if (found == tensors.end()) fail(Fault::usage, "evaluate: nothing is bound to {}", slot.name);
  if (static_cast<Extent>(found->second.size()) != slot.type.shape.elements())
    fail(Fault::usage, "evaluate: {} has {} elements, its slot {} needs {}", slot.name,
         found->second.size(), slot.type.shape.str(), slot.type.shape.elements());
  return found->second;
}

template <class T>
Tensors run(const Program& program, const Tensors& inputs, const EvaluateOptions& options) {
  std::vector<Bytes> values(program.nodes.size());
  for (std::size_t id = 0; id < program.nodes.size(); ++id) {
    const Node& node = program.nodes[id];
    const Extent n = node.shape().elements();
    if (node.primitive == &input_primitive() || node.primitive == &variable_primitive()) {
      const auto& slots = node.primitive == &input_primitive() ? program.inputs : program.variables;
      values[id] = encode<T>(bound(inputs, slots[node.attributes.ints[0]]), node.type.dtype);
      continue;
    }
    values[id] = encode<T>(std::vector<double>(n), node.type.dtype);
    const auto types = input_types(program, node);
    if (const TileLoop loop = node.primitive->tile(); loop.f32) {
      std::vector<std::vector<T>> operands;
      std::vector<const T*> pointers;
      for (std::size_t i = 0; i < types.size(); ++i) {
        const auto wide = decode<T>(values[node.inputs[i]], types[i].dtype, n);
        operands.emplace_back(wide.begin(), wide.end());
      }
      for (auto& o : operands) pointers.push_back(o.data());
      std::vector<T> y(n);
      if constexpr (sizeof(T) == 8)
        loop.f64(y.data(), pointers.data(), node.attributes, n);
      else
        loop.f32(y.data(), pointers.data(), node.attributes, n);
      values[id] = encode<T>({y.begin(), y.end()}, node.type.dtype);
      continue;
    }
    const KernelPair kernel = node.primitive->reference();
    if (!kernel.f32) fail(Fault::usage, "{} has no kernel", node.primitive->name());
    std::vector<const void*> pointers;
    for (ValueId input : node.inputs) pointers.push_back(values[input].data());
    const KernelCall call{&node,        types,       pointers.data(), values[id].data(),
                          options.seed, options.step};
    (sizeof(T) == 8 ? kernel.f64 : kernel.f32)(call);
  }
  Tensors result;
  for (const Output& r : program.results) {
    const Node& node = program.nodes[r.value];
    result[(r.assign ? program.variables : program.outputs)[r.slot].name] =
        decode<T>(values[r.value], node.type.dtype, node.shape().elements());
  }
  return result;
}

}  // namespace

Tensors evaluate(const Program& program, const Tensors& inputs, const EvaluateOptions& options) {
  return options.precision == Precision::float64 ? run<double>(program, inputs, options)
                                                 : run<float>(program, inputs, options);
}

}  // namespace ganflow
