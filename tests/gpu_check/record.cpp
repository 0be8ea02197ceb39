#include "gpu_check/record.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/device/device.h"
#include "engine/kernels/check.h"
#include "engine/tensor/elements.h"
#include "engine/tensor/memory.h"
#include "support/emulation.h"
#include "support/steps.h"

namespace ganflow::test {
namespace {

constexpr DrawClock kClock{1, 2};  // the program's first; those behind it are a step later each
constexpr std::size_t kClocks = 16;

// One block in which everything that a program's places name lies.
class Layout {
 public:
  explicit Layout(const cuda::Source& source) : program_(source.program) {
    constants_ = take(source.launches.constant_bytes);
    for (const Slot& s : program_.variables) variables_.push_back(take(bytes(s)));
    for (const Slot& s : program_.inputs) inputs_.push_back(take(bytes(s)));
    for (const Slot& s : program_.outputs) outputs_.push_back(take(bytes(s)));
    clocks_ = take(kClocks * sizeof(DrawClock));
    arena_ = take(source.launches.arena_bytes);
    memory_ = Memory(bytes_);
    std::memset(memory_.data(), 0xff, bytes_);
    for (const auto& [from, to] : {std::pair{&variables_, &variable_at_}, {&outputs_, &output_at_}})
      for (const std::size_t at : *from) to->push_back(base() + at);
    for (const std::size_t at : inputs_) input_at_.push_back(base() + at);
  }
  // Fills what is there before the first launch, and says where.
  std::vector<Bytes> fill(const cuda::Source& source, const Tensors& inputs) {
    std::vector<Bytes> given;
    const auto keep = [&](std::size_t at, std::size_t bytes) {
      given.push_back({at, {base() + at, base() + at + bytes}});
    };
    const auto write = [&](const Slot& slot, std::size_t at) {
      write_elements(base() + at, inputs.at(slot.name), slot.type.dtype, Precision::float32);
      keep(at, bytes(slot));
    };
    std::memcpy(base() + constants_, source.constants.data(), source.launches.constant_bytes);
    keep(constants_, source.launches.constant_bytes);
    for (std::size_t i = 0; i < variables_.size(); ++i) write(program_.variables[i], variables_[i]);
    for (std::size_t i = 0; i < inputs_.size(); ++i) write(program_.inputs[i], inputs_[i]);
    std::vector<DrawClock> clocks(kClocks, kClock);
    for (std::size_t i = 0; i < kClocks; ++i) clocks[i].step += i;
    std::memcpy(base() + clocks_, clocks.data(), kClocks * sizeof(DrawClock));
    keep(clocks_, kClocks * sizeof(DrawClock));
    return given;
  }
  Bindings bindings() const {
    return {base() + arena_, variable_at_.data(), input_at_.data(), output_at_.data(),
            reinterpret_cast<const DrawClock*>(base() + clocks_)};
  }
  std::size_t at(const kernels::Place& place) const {
    return static_cast<std::size_t>(address(place, bindings(), base() + constants_) - base());
  }
  std::size_t of_result(const Output& o) const {
    return (o.assign ? variables_ : outputs_)[o.slot];
  }
  std::byte* base() const { return memory_.data(); }
  std::size_t bytes() const { return bytes_; }
  std::byte* constants() const { return base() + constants_; }

 private:
  static std::size_t bytes(const Slot& slot) {
    return static_cast<std::size_t>(slot.type.shape.elements()) *
           element_bytes(slot.type.dtype, Precision::float32);
  }
  std::size_t take(std::size_t bytes) { return std::exchange(bytes_, bytes_ + aligned(bytes)); }

  const Program& program_;
  std::size_t bytes_ = 0, constants_ = 0, clocks_ = 0, arena_ = 0;
  std::vector<std::size_t> variables_, inputs_, outputs_;
  Memory memory_;
  std::vector<std::byte*> variable_at_, output_at_;
  std::vector<const std::byte*> input_at_;
};

bool approximate(const Program& program, const kernels::Launch& launch) {
  const auto calls = [&](ValueId id) {
    const std::string_view name =
        program.nodes[id].primitive ? program.nodes[id].primitive->name() : std::string_view();
    return name == "random" || name == "sin" || name == "cos";
  };
  return std::ranges::any_of(launch.members, calls);
}

}  // namespace

GpuCase record_case(const std::string& name, const Program& program, const Tensors& inputs) {
  Emulated emulated(cuda::write_source(program, {}));
  const cuda::Source& source = emulated.source();
  Layout layout(source);
  GpuCase made{.name = name, .text = source.text, .kernels = source.kernels};
  made.block_bytes = layout.bytes();
  made.given = layout.fill(source, inputs);

  std::vector<std::vector<std::uint64_t>> after(source.launches.list.size());
  for (const kernels::Hazard& h : kernels::hazards(source.launches)) {
    auto& earlier = after[h.later];
    if (std::ranges::find(earlier, h.earlier) == earlier.end()) earlier.push_back(h.earlier);
  }
  const auto queue = open_device("cpu")->queue(Urgency::step);
  for (std::size_t l = 0; l < source.launches.list.size(); ++l) {
    const kernels::Launch& launch = source.launches.list[l];
    const cuda::KernelLaunch& kernel = source.kernel_launches[l];
    CaseLaunch& to = made.launches.emplace_back();
    to.kernel = kernel.kernel;
    to.approximate = approximate(source.program, launch);
    to.grid = kernel.grid, to.threads = kernel.threads;
    for (const kernels::Place& place : kernel.pointers) to.pointers.push_back(layout.at(place));
    to.after = after[l];
    emulated.order = {l};
    emulated.prepare(layout.bindings())->enqueue(*queue);
    for (const kernels::Region& region : launch.writes) {
      const std::size_t at = layout.at(region.place);
      const std::span<const std::byte> bytes(layout.base() + at, region.bytes);
      Leaf& leaf = to.leaves.emplace_back(Leaf{at, region.bytes, crc_of(bytes), {}});
      if (to.kernel.empty() || to.approximate) leaf.bytes.assign(bytes.begin(), bytes.end());
    }
  }
  made.left = crc_of({layout.base(), layout.bytes()});
  EvaluateOptions options{.seed = kClock.seed, .step = kClock.step};
  for (std::size_t i = 1; i < kClocks; ++i) options.later_steps.push_back(kClock.step + i);
  const Tensors wanted = evaluate(program, inputs, options);
  for (const Output& o : source.program.results) {
    const Slot& slot = (o.assign ? source.program.variables : source.program.outputs)[o.slot];
    if (slot.type.dtype != DType::real) continue;
    const std::vector<double>& exactly = wanted.at(slot.name);
    const std::vector<double> here = read_elements(layout.base() + layout.of_result(o),
                                                   exactly.size(), DType::real, Precision::float32);
    made.off_float64 =
        std::max(made.off_float64, relative_distance({{slot.name, here}}, {{slot.name, exactly}}));
  }
  return made;
}

}  // namespace ganflow::test
