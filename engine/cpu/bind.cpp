#include "engine/cpu/bind.h"

#include <algorithm>

#include "engine/cpu/single.h"
#include "engine/kernels/tape_maker.h"

namespace ganflow::cpu {
namespace {

struct TapeSpec : Spec {
  Tape tape;
};
template <class T>
void run_tape_call(const Spec& spec, const Frame& frame) {
  run_tape<T>(static_cast<const TapeSpec&>(spec).tape, frame, frame.scratch);
}
Call tape_call(Tape tape, Precision precision) {
  auto spec = std::make_unique<TapeSpec>();
  spec->tape = std::move(tape);
  return {precision == Precision::float64 ? &run_tape_call<double> : &run_tape_call<float>,
          std::move(spec)};
}

struct ProductSpec : Spec {
  std::unique_ptr<const TiledProduct> product;
  std::vector<Place> inputs;
  Place output;  // Space::none: only the epilogue sees the tiles
  Tape epilogue;
};
template <class T>
void run_product_call(const Spec& base, const Frame& frame) {
  const auto& spec = static_cast<const ProductSpec&>(base);
  const void* inputs[kOperands];
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) inputs[i] = frame.at(spec.inputs[i]);
  if (spec.output.space != Space::none)
    return spec.product->run(inputs, frame.at(spec.output), frame.scratch, {});
  Epilogue<T> epilogue(spec.epilogue, frame, frame.scratch + spec.product->scratch_bytes());
  spec.product->run(inputs, nullptr, frame.scratch, epilogue.sink());
}

}  // namespace

std::vector<Call> make_calls(const Classified& classified, const Fusion& fusion, const Plan& plan,
                             Precision precision, std::size_t& scratch) {
  std::vector<Call> calls;
  scratch = 0;
  const std::size_t size = element_bytes(DType::real, precision);
  const auto need = [&](std::size_t bytes) { scratch = std::max(scratch, bytes); };
  for (const Step& step : plan.steps) {
    if (step.kernel < 0) {
      Tape tape = copy_tape(step);
      set_blocks(tape, size);
      need(scratch_bytes(tape, size));
      calls.push_back(tape_call(std::move(tape), precision));
      continue;
    }
    const FusedKernel& kernel = fusion.kernels[static_cast<std::size_t>(step.kernel)];
    if (kernel.kind == FusedKernel::Kind::tape) {
      Tape tape = make_tape(classified, kernel, plan, precision);
      set_blocks(tape, size);
      need(scratch_bytes(tape, size));
      calls.push_back(tape_call(std::move(tape), precision));
      continue;
    }
    const ValueId id = kernel.kind == FusedKernel::Kind::single ? kernel.members[0].id
                                                                : kernel.product(classified);
    const Node& node = classified.node(id);
    std::vector<Place> inputs;
    for (const Operand& operand : classified.operands(id)) {
      Place place = plan.places[operand.source.base];
      place.offset += static_cast<std::size_t>(operand.source.at.offset) *
                      element_bytes(classified.node(operand.value).type.dtype, precision);
      inputs.push_back(place);
    }
    const auto types = input_types(*classified.program, node);
    if (kernel.kind == FusedKernel::Kind::single) {
      calls.push_back(single_call(node, types, inputs, plan.places[id], precision));
      continue;
    }
    auto spec = std::make_unique<ProductSpec>();
    spec->product = node.primitive->tiled(types, node.attributes, precision);
    spec->inputs = inputs;
    if (kernel.members.size() == 1)
      spec->output = plan.places[id];
    else
      spec->epilogue = make_tape(classified, kernel, plan, precision);
    set_blocks(spec->epilogue, size);
    need(spec->product->scratch_bytes() + scratch_bytes(spec->epilogue, size));
    calls.push_back(
        {precision == Precision::float64 ? &run_product_call<double> : &run_product_call<float>,
         std::move(spec)});
  }
  return calls;
}

}  // namespace ganflow::cpu
