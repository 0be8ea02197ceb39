#include "engine/cpu/single.h"

#include "engine/error.h"

namespace ganflow::cpu {
namespace {

constexpr std::size_t kMany = 32;  // operands; concat is the only primitive with more than three

struct SingleSpec : Spec {
  Node node;
  std::vector<TensorType> input_types;
  std::vector<Place> inputs;
  Place output;
  ganflow::Kernel kernel;
};

void run_single(const Spec& base, const Frame& frame) {
  const auto& spec = static_cast<const SingleSpec&>(base);
  const void* inputs[kMany];
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) inputs[i] = frame.at(spec.inputs[i]);
  spec.kernel({&spec.node, spec.input_types, inputs, frame.at(spec.output), frame.bindings.seed,
               frame.bindings.step});
}

}  // namespace

Call single_call(const Node& node, std::vector<TensorType> input_types, std::vector<Place> inputs,
                 Place output, Precision precision) {
  const KernelPair kernel = node.primitive->fast();
  if (!kernel.f32) fail(Fault::usage, "{} has no kernel for the CPU", node.primitive->name());
  if (inputs.size() > kMany)
    fail(Fault::usage, "{} of {} operands, the CPU takes at most {} in one operation",
         node.primitive->name(), inputs.size(), kMany);
  auto spec = std::make_unique<SingleSpec>();
  spec->node = node;
  spec->input_types = std::move(input_types);
  spec->inputs = std::move(inputs);
  spec->output = output;
  spec->kernel = precision == Precision::float64 ? kernel.f64 : kernel.f32;
  return {&run_single, std::move(spec)};
}

}  // namespace ganflow::cpu
