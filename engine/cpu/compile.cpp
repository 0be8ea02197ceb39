// compile() for the CPU: rewrites, then one call per node over a fixed layout of the arena.
#include "engine/program/compile.h"

#include <algorithm>

#include "engine/cpu/single.h"
#include "engine/error.h"
#include "engine/program/core.h"

namespace ganflow {
namespace {

using cpu::Call;
using cpu::Place;
using cpu::Space;

constexpr std::size_t kAlign = 64;
std::size_t aligned(std::size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(const Program& program, const CompileOptions& options) : options_(options) {
    report_.arena_bytes = 0;
    std::vector<Place> places(program.nodes.size());
    std::vector<int> depth(program.nodes.size(), 0);
    for (ValueId id = 0; id < program.nodes.size(); ++id) add(program, id, places, depth);
    finish(program, places);
  }

  void run(const Bindings& bindings) const noexcept override {
    const cpu::Frame frame{bindings, nullptr};
    for (const Call& call : calls_) call.run(*call.spec, frame);
  }

 private:
  std::size_t bytes(const TensorType& type) const {
    return static_cast<std::size_t>(type.shape.elements()) *
           element_bytes(type.dtype, options_.precision);
  }

  Place allocate(const TensorType& type) {
    const Place place{Space::arena, 0, report_.arena_bytes};
    report_.arena_bytes += aligned(bytes(type));
    return place;
  }

  void add(const Program& program, ValueId id, std::vector<Place>& places,
           std::vector<int>& depth) {
    const Node& node = program.nodes[id];
    const auto slot = static_cast<std::uint32_t>(node.attributes.ints[0]);
    if (node.primitive == &input_primitive()) return void(places[id] = {Space::input, slot, 0});
    if (node.primitive == &variable_primitive())
      return void(places[id] = {Space::variable, slot, 0});
    const Traits traits = traits_of(program, node);
    for (ValueId input : node.inputs) depth[id] = std::max(depth[id], depth[input]);
    if (traits.role == Role::view) {
      places[id] = places[node.inputs[0]];
      if (node.primitive == &slice_primitive())
        places[id].offset +=
            static_cast<std::size_t>(node.attributes.ints[1] * node.shape().row_elements()) *
            element_bytes(node.type.dtype, options_.precision);
      return;
    }
    places[id] = allocate(node.type);
    std::vector<Place> inputs;
    for (ValueId input : node.inputs) inputs.push_back(places[input]);
    calls_.push_back(
        cpu::single_call(node, input_types(program, node), inputs, places[id], options_.precision));
    report_.depth = std::max(report_.depth, ++depth[id]);
    ++report_.kernels;
    report_.products += traits.role == Role::product;
    report_.listing += fmt::format("%{} {} {}\n", id, node.primitive->name(), node.shape().str());
  }

  // Results leave when everything has been computed: outputs first, then the variables, so that
  // every reader saw the old value. What lives in a variable is set aside before any is written.
  void finish(const Program& program, const std::vector<Place>& places) {
    std::vector<Call> assigns;
    for (const Output& result : program.results) {
      const TensorType& type = program.nodes[result.value].type;
      Place from = places[result.value];
      if (!result.assign) {
        calls_.push_back(cpu::copy_call(from, {Space::output, result.slot, 0}, bytes(type)));
        continue;
      }
      if (from.space == Space::variable) {
        const Place aside = allocate(type);
        calls_.push_back(cpu::copy_call(from, aside, bytes(type)));
        from = aside;
      }
      assigns.push_back(cpu::copy_call(from, {Space::variable, result.slot, 0}, bytes(type)));
    }
    for (Call& call : assigns) calls_.push_back(std::move(call));
  }

  CompileOptions options_;
  std::vector<Call> calls_;
};

}  // namespace

std::shared_ptr<const Executable> compile(const Program& program, const CompileOptions& options) {
  return std::make_shared<CpuExecutable>(program, options);
}

}  // namespace ganflow
