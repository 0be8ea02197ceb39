#include "engine/program/evaluate.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/program/leaves.h"
#include "engine/tensor/elements.h"

namespace ganflow {
namespace {

using Bytes = std::vector<std::byte>;

Bytes encode(const std::vector<double>& from, DType type, Precision precision) {
  Bytes bytes(from.size() * element_bytes(type, precision));
  write_elements(bytes.data(), from, type, precision);
  return bytes;
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
  constexpr Precision precision = sizeof(T) == 8 ? Precision::float64 : Precision::float32;
  std::vector<DrawClock> clocks{{options.seed, options.step}};
  for (const std::uint64_t step : options.later_steps) clocks.push_back({options.seed, step});
  std::vector<Bytes> values(program.nodes.size());
  for (std::size_t id = 0; id < program.nodes.size(); ++id) {
    const Node& node = program.nodes[id];
    const Extent n = node.shape().elements();
    if (node.primitive == &input_primitive() || node.primitive == &variable_primitive()) {
      const auto& slots = node.primitive == &input_primitive() ? program.inputs : program.variables;
      values[id] =
          encode(bound(inputs, slots[node.attributes.ints[0]]), node.type.dtype, precision);
      continue;
    }
    values[id] = encode(std::vector<double>(n), node.type.dtype, precision);
    const auto types = input_types(program, node);
    if (const auto formula = node.primitive->formula()) {
      std::vector<std::vector<T>> operands;
      std::vector<const T*> pointers;
      for (std::size_t i = 0; i < types.size(); ++i) {
        const auto wide =
            read_elements(values[node.inputs[i]].data(), n, types[i].dtype, precision);
        operands.emplace_back(wide.begin(), wide.end());
      }
      for (auto& o : operands) pointers.push_back(o.data());
      std::vector<T> y(n);
      if constexpr (sizeof(T) == 8)
        formula->loop.f64(y.data(), pointers.data(), node.attributes, n);
      else
        formula->loop.f32(y.data(), pointers.data(), node.attributes, n);
      values[id] = encode({y.begin(), y.end()}, node.type.dtype, precision);
      continue;
    }
    const KernelPair kernel = node.primitive->reference();
    if (!kernel.f32) fail(Fault::usage, "{} has no kernel", node.primitive->name());
    if (node.primitive->traits(types, node.attributes).draws &&
        draw_time(node.attributes).clock >= clocks.size())
      fail(Fault::usage, "evaluate: %{} draws by clock {}, {} have a step: give later_steps", id,
           draw_time(node.attributes).clock, clocks.size());
    std::vector<const void*> pointers;
    for (ValueId input : node.inputs) pointers.push_back(values[input].data());
    const KernelCall call{&node, types, pointers.data(), values[id].data(), clocks.data()};
    (sizeof(T) == 8 ? kernel.f64 : kernel.f32)(call);
  }
  Tensors result;
  for (const Output& r : program.results) {
    const Node& node = program.nodes[r.value];
    result[(r.assign ? program.variables : program.outputs)[r.slot].name] =
        read_elements(values[r.value].data(), node.shape().elements(), node.type.dtype, precision);
  }
  return result;
}

}  // namespace

Tensors evaluate(const Program& program, const Tensors& inputs, const EvaluateOptions& options) {
  return options.precision == Precision::float64 ? run<double>(program, inputs, options)
                                                 : run<float>(program, inputs, options);
}

}  // namespace ganflow
