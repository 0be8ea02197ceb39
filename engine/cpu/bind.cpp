#include "engine/cpu/bind.h"

#include <algorithm>

#include "engine/cpu/table.h"
#include "engine/cpu/tape_runner.h"
#include "engine/error.h"
#include "engine/tensor/memory.h"

namespace ganflow::cpu {
namespace {

struct TapeSpec : Spec {
  BoundTape tape;
};
template <class T>
void run_tape_call(const Spec& spec, const Frame& frame, int, Units units) {
  run_tape<T>(static_cast<const TapeSpec&>(spec).tape, frame, frame.own, units);
}

struct ProductSpec : Spec {
  std::unique_ptr<const TiledProduct> product;
  std::vector<Place> inputs;
  Place output;
  BoundTape epilogue;
};
template <class T>
void run_product_call(const Spec& base, const Frame& frame, int phase, Units units) {
  const auto& spec = static_cast<const ProductSpec&>(base);
  const void* inputs[kMostOperands];
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) inputs[i] = frame.at(spec.inputs[i]);
  if (spec.epilogue.empty())
    return spec.product->run({inputs, frame.at(spec.output), frame.scratch, frame.own, {}}, phase,
                             units);
  Epilogue<T> epilogue(spec.epilogue, frame, frame.own + spec.product->scratch_bytes());
  spec.product->run({inputs, nullptr, frame.scratch, frame.own, epilogue.sink()}, phase, units);
}

struct KernelSpec : Spec {
  Node node;
  std::vector<TensorType> input_types;
  std::vector<Place> inputs;
  Place output;
  ganflow::Kernel kernel;
};
void run_kernel_call(const Spec& base, const Frame& frame, int, Units) {
  const auto& spec = static_cast<const KernelSpec&>(base);
  const void* inputs[kMostOperands];
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) inputs[i] = frame.at(spec.inputs[i]);
  spec.kernel({&spec.node, spec.input_types, inputs, frame.at(spec.output), frame.bindings.clock});
}

class Binder {
 public:
  Binder(const Program& program, Precision precision, int line_bytes)
      : program_(program),
        double_(precision == Precision::float64),
        precision_(precision),
        line_bytes_(line_bytes) {}

  Call operator()(const Launch& launch) {
    switch (launch.kind) {
      case Launch::Kind::product:
        return product(launch);
      case Launch::Kind::kernel:
        return kernel(launch);
      case Launch::Kind::tape:
      case Launch::Kind::copy:
        break;
    }
    auto spec = std::make_unique<TapeSpec>();
    spec->tape = bind_tape(launch.tape, precision_, line_bytes_);
    const std::size_t own = spec->tape.scratch_bytes;
    std::vector<Phase> phases{spec->tape.phase};
    Call call{double_ ? &run_tape_call<double> : &run_tape_call<float>, nullptr, std::move(phases),
              0, own};
    count(call, spec->tape);
    call.spec = std::move(spec);
    return call;
  }

 private:
  static void count(Call& call, const BoundTape& tape) {
    for (const std::vector<BoundLine>& stage : tape.lines)
      for (const BoundLine& line : stage) ++(line.code ? call.lines : call.interpreted);
  }

  Call product(const Launch& launch) {
    const Node& node = checked(launch);
    if (!launch.blocks.empty())
      fail(Fault::usage, "{} of {} blocks of rows, the CPU takes one", node.primitive->name(),
           launch.blocks.size());
    auto spec = std::make_unique<ProductSpec>();
    spec->product = kernels_of(*node.primitive)
                        .product(input_types(program_, node), node.attributes, precision_);
    spec->inputs = launch.inputs;
    spec->output = launch.output;
    std::vector<Phase> phases = spec->product->phases();
    const std::size_t shared = aligned(spec->product->shared_bytes());
    std::size_t own = spec->product->scratch_bytes();
    if (!launch.tape.stages.empty()) {
      spec->epilogue = bind_tape(launch.tape, precision_, line_bytes_);
      own += spec->epilogue.scratch_bytes;
      phases.back().nanoseconds += spec->epilogue.phase.nanoseconds;
    }
    Call call{double_ ? &run_product_call<double> : &run_product_call<float>, nullptr,
              std::move(phases), shared, own};
    count(call, spec->epilogue);
    call.spec = std::move(spec);
    return call;
  }

  Call kernel(const Launch& launch) {
    const Node& node = checked(launch);
    const KernelPair own = kernels_of(*node.primitive).kernel;
    const KernelPair pair = own.f32 ? own : node.primitive->reference();
    if (!pair.f32) fail(Fault::usage, "{} has no kernel for the CPU", node.primitive->name());
    auto spec = std::make_unique<KernelSpec>();
    spec->node = node;
    spec->input_types = input_types(program_, node);
    spec->inputs = launch.inputs;
    spec->output = launch.output;
    spec->kernel = double_ ? pair.f64 : pair.f32;
    return {&run_kernel_call, std::move(spec)};
  }

  const Node& checked(const Launch& launch) const {
    const Node& node = program_.nodes[launch.node];
    if (launch.inputs.size() > kMostOperands)
      fail(Fault::usage, "{} of {} operands, the CPU takes at most {} in one operation: split it",
           node.primitive->name(), launch.inputs.size(), kMostOperands);
    return node;
  }

  const Program& program_;
  bool double_;
  Precision precision_;
  int line_bytes_;
};

}  // namespace

std::vector<Call> bind(const Program& program, Launches& launches, Precision precision,
                       int line_bytes) {
  std::vector<Call> calls;
  Binder binder(program, precision, line_bytes);
  for (Launch& launch : launches.list) {
    calls.push_back(binder(launch));
    const std::size_t scratch = calls.back().shared_bytes + calls.back().own_bytes;
    if (!scratch) continue;
    launch.writes.push_back({.place = {Space::scratch, 0, 0}, .bytes = scratch});
    launches.scratch_bytes = std::max(launches.scratch_bytes, scratch);
  }
  return calls;
}

}  // namespace ganflow::cpu
