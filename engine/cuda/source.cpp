#include "engine/cuda/source.h"

#include <algorithm>
#include <map>

#include "engine/cuda/body.h"
#include "engine/cuda/product_text.h"
#include "engine/cuda/scratch.h"
#include "engine/cuda/table.h"
#include "engine/cuda/tape_text.h"
#include "engine/error.h"
#include "engine/kernels/constants.h"

namespace ganflow::cuda {
namespace {

constexpr int kElementThreads = 256;
// Registers of a multiprocessor, and the most a thread is to have.
constexpr int kRegisters = 65536, kMostRegisters = 80;

class Writer {
 public:
  Writer(const Program& program, std::size_t alignment)
      : program_(program), alignment_(alignment), first_scratch_value_(program.nodes.size()) {}

  void write(const Launches& planned, Source& to) {
    to_ = &to;
    // Values of no node: those of workspaces, then those of scratch.
    for (const Launch& launch : planned.list)
      for (const Region& write : launch.writes)
        first_scratch_value_ = std::max<std::size_t>(first_scratch_value_, write.value + 1);
    Launches& out = to.launches;
    out = planned;
    out.list.clear();
    for (const Launch& launch : planned.list) {
      switch (launch.kind) {
        case Launch::Kind::tape:
        case Launch::Kind::copy:
          tape(launch);
          break;
        case Launch::Kind::product:
          product(launch);
          break;
        case Launch::Kind::kernel:
          add(launch, element(launch));
          break;
      }
    }
    settle_scratch();
    std::string includes = "#include \"engine/cuda/text/block.h\"\n";
    for (const std::string& header : headers_) includes += "#include \"" + header + "\"\n";
    to.text = includes + "\nnamespace {\nusing namespace ganflow::cuda;\n\n" + bodies_ +
              "}  // namespace\n\n" + kernels_;
  }

 private:
  void add(Launch launch, const Body& body) {
    to_->launches.list.push_back(std::move(launch));
    to_->kernel_launches.push_back(
        {function_of(body), body.grid, static_cast<unsigned>(body.threads), body.pointers});
  }

  // Equal bodies are one function.
  std::string function_of(const Body& body) {
    headers_.insert(body.headers.begin(), body.headers.end());
    const std::size_t pointers = std::max<std::size_t>(1, body.pointers.size());
    const auto [found, fresh] =
        functions_.emplace(fmt::format("const Pointers<{}>& p) {{\n  constexpr int kThreads = {};\n"
                                       "  (void)kThreads, (void)block;\n{}}}\n",
                                       pointers, body.threads, body.text),
                           "");
    if (!fresh) return found->second;
    found->second = fmt::format("k{}", to_->kernels.size());
    to_->kernels.push_back(found->second);
    bodies_ += fmt::format("inline void {}_body(int block, {}\n", found->second, found->first);
    // A block that is alone may have as many registers as it likes.
    const int side_by_side = body.grid == 1 ? 1 : kRegisters / kMostRegisters / body.threads;
    kernels_ += fmt::format("GF_KERNEL({}, {}, {}, {})\n", found->second, body.threads,
                            std::max(1, side_by_side), pointers);
    return found->second;
  }

  // A block of Space::scratch; where it lies is decided when all launches are known.
  std::size_t take_scratch(std::size_t bytes) {
    const std::size_t end = blocks_.empty() ? 0 : blocks_.back().first + blocks_.back().bytes;
    const std::size_t at = round_up(end, alignment_);
    if (bytes) blocks_.push_back({at, bytes});
    return at;
  }
  // Scratch is part of the arena from here on.
  void settle_scratch() {
    const std::vector<std::size_t> offsets = place_scratch(to_->launches, blocks_, alignment_);
    const auto settle = [&](Place& place) {
      if (place.space != Space::scratch) return;
      const auto behind = std::ranges::upper_bound(blocks_, place.offset, {}, &ScratchBlock::first);
      const auto b = static_cast<std::size_t>(behind - blocks_.begin() - 1);
      place = {Space::arena, 0, offsets[b] + place.offset - blocks_[b].first};
    };
    for (Launch& launch : to_->launches.list) {
      for (Region& r : launch.reads) settle(r.place);
      for (Region& r : launch.writes) settle(r.place);
    }
    for (KernelLaunch& launch : to_->kernel_launches)
      for (Place& place : launch.pointers) settle(place);
  }
  Region region(std::size_t base, const ScratchUse& use) {
    const auto value = static_cast<ValueId>(first_scratch_value_ + scratch_values_.size());
    const auto [found, fresh] = scratch_values_.emplace(base + use.first, value);
    return {{Space::scratch, 0, base + use.first}, use.bytes, found->second, 0, sizeof(float), {}};
  }

  void tape(const Launch& launch) {
    TapeText text = tape_text(launch.tape);
    const std::size_t base = take_scratch(text.scratch_bytes);
    for (TapeLaunch& made : text.launches) {
      for (Place& place : made.body.pointers)
        if (place.space == Space::scratch) place.offset += base;
      Launch part = launch;
      if (made.stage >= 0) {
        std::erase_if(part.reads, [&](const Region& r) {
          return r.traversal.aligned && r.traversal.stage != made.stage;
        });
        std::erase_if(part.writes, [&](const Region& r) {
          const auto& kept = made.kept_stages;
          return r.traversal.level == Level::kept
                     ? std::count(kept.begin(), kept.end(), r.traversal.stage) == 0
                     : r.traversal.stage != made.stage;
        });
      }
      for (const ScratchUse& use : made.reads) part.reads.push_back(region(base, use));
      for (const ScratchUse& use : made.writes) part.writes.push_back(region(base, use));
      add(std::move(part), made.body);
    }
  }

  void product(const Launch& launch) {
    const Node& node = program_.nodes[launch.node];
    const PrimitiveText text = text_of(*node.primitive);
    const std::vector<TensorType> types = input_types(program_, node);
    if (text.convolution) {
      KernelLaunch call;
      call.convolution = text.convolution(types, node.attributes);
      call.pointers = launch.inputs;
      call.pointers.push_back(launch.output);
      if (launch.workspace.space != Space::none) call.pointers.push_back(launch.workspace);
      to_->launches.list.push_back(launch);
      to_->kernel_launches.push_back(std::move(call));
      return;
    }
    const ProductSizes sizes = text.product(types, node.attributes);
    std::vector<OperandRows> rows = launch.blocks;
    if (rows.empty()) rows = {{launch.inputs[0], sizes.ta ? sizes.k : sizes.m}};
    add(launch, product_text(sizes, rows, launch.inputs[1], launch.tape, launch.output));
  }

  Body element(const Launch& launch) {
    const Node& node = program_.nodes[launch.node];
    const PrimitiveText text = text_of(*node.primitive);
    if (!text.element)
      fail(Fault::usage, "{} has no text for a GPU: give it one, or train with --device cpu",
           node.primitive->name());
    const std::vector<TensorType> types = input_types(program_, node);
    const ElementText made = text.element(node, types);
    const Extent elements = node.shape().elements();
    Body body;
    body.threads = kElementThreads;
    body.grid = static_cast<unsigned>(
        std::max<Extent>(1, (elements + kElementThreads - 1) / kElementThreads));
    if (!made.header.empty()) body.headers.insert(made.header);
    body.add(
        "  each<kThreads>([&](int t) {{\n    const long long e = (long long)block * kThreads + "
        "t;\n    if (e >= {}) return;\n",
        elements);
    for (std::size_t i = 0; i < types.size(); ++i)
      body.add("    const auto* in{} = p.to<const {}>({});\n", i, c_type(types[i].dtype),
               body.pointer(launch.inputs[i]));
    if (node.primitive->traits(types, node.attributes).draws)
      body.add("    const auto* clocks = p.to<const Clock>({});\n",
               body.pointer({Space::clock, 0, 0}));
    body.add("    p.to<{}>({})[e] = {};\n  }});\n", c_type(node.type.dtype),
             body.pointer(launch.output), made.value);
    return body;
  }

  const Program& program_;
  std::size_t alignment_, first_scratch_value_;
  Source* to_ = nullptr;
  std::set<std::string> headers_;
  std::map<std::string, std::string> functions_;  // by body
  std::string bodies_, kernels_;
  std::map<std::size_t, ValueId> scratch_values_;  // by offset
  std::vector<ScratchBlock> blocks_;
};

}  // namespace

Source write_source(const Program& program, const CompileOptions& options,
                    const ConvolutionWorkspace& workspace) {
  if (options.precision != Precision::float32)
    fail(Fault::usage, "a GPU computes in float32 only: use the CPU for float64");
  const Target target = cuda::target(workspace);
  Source source;
  source.program = rewrite_for(program, options.rewrite, target);
  const Classified classified(source.program, target);
  const Fusion fusion = form_kernels(classified, options.fuse);
  const Plan plan =
      make_plan(classified, fusion, options.precision, {.coalesce = options.coalesce});
  source.constants = constants_of(classified, plan, options.precision);
  Writer(source.program, target.alignment)
      .write(make_launches(classified, fusion, plan, options.precision), source);
  source.report = kernels::report(classified, fusion, plan);
  source.report.arena_bytes = source.launches.arena_bytes;
  return source;
}

}  // namespace ganflow::cuda
