#include "engine/kernels/launches.h"

#include <algorithm>
#include <map>

#include "engine/kernels/row_blocks.h"
#include "engine/kernels/tape_maker.h"
#include "engine/program/leaves.h"

namespace ganflow::kernels {
namespace {

class Lister {
 public:
  Lister(const Classified& classified, const Fusion& fusion, const Plan& plan, Precision precision)
      : classified_(classified), fusion_(fusion), plan_(plan), precision_(precision) {}

  Launches list() {
    Launches launches;
    launches.arena_bytes = plan_.arena_bytes;
    launches.constant_bytes = plan_.constant_bytes;
    launches.input_bytes = bytes_of(program().inputs);
    launches.variable_bytes = bytes_of(program().variables);
    launches.output_bytes = bytes_of(program().outputs);
    find_given(launches.given);
    for (const Step& step : plan_.steps)
      launches.list.push_back(step.kernel < 0 ? copy_of(step) : kernel_of(step.kernel));
    find_wanted(launches.wanted);
    return launches;
  }

 private:
  const Program& program() const { return *classified_.program; }
  std::size_t element_size(ValueId id) const {
    return element_bytes(classified_.node(id).type.dtype, precision_);
  }
  std::size_t bytes_of(ValueId id, Extent elements) const {
    return static_cast<std::size_t>(elements) * element_size(id);
  }
  std::vector<std::size_t> bytes_of(const std::vector<Slot>& slots) const {
    std::vector<std::size_t> bytes;
    for (const Slot& slot : slots)
      bytes.push_back(static_cast<std::size_t>(slot.type.shape.elements()) *
                      element_bytes(slot.type.dtype, precision_));
    return bytes;
  }
  Region whole(ValueId id, const Place& place, const Traversal& traversal = {}) const {
    return {place,    bytes_of(id, classified_.shape(id).elements()), id, 0, element_size(id),
            traversal};
  }

  // Nodes of one slot are one value: the first of them.
  ValueId contents(ValueId id) const {
    const Place& place = plan_.places[id];
    const auto slot = slots_.find({place.space, place.slot});
    return classified_.part[id] == Part::slot && slot != slots_.end() ? slot->second : id;
  }

  void find_given(std::vector<Region>& given) {
    for (ValueId id = 0; id < program().nodes.size(); ++id)
      if (classified_.part[id] == Part::slot) {
        const Place& place = plan_.places[id];
        if (slots_.emplace(std::pair(place.space, place.slot), id).second)
          given.push_back(whole(id, place));
      }
    for (const ValueId id : plan_.constants) {
      Region region = whole(id, plan_.places[id]);
      if (classified_.node(id).primitive == &full_primitive() && !classified_.dense_constant[id])
        region.bytes = element_size(id);
      given.push_back(region);
    }
  }

  void find_wanted(std::vector<Region>& wanted) const {
    for (const Output& result : program().results) {
      Region region =
          whole(result.value, {result.assign ? Space::variable : Space::output, result.slot, 0});
      const StoredView& source = classified_.source[result.value];
      const Place& from = plan_.places[source.base];
      if (classified_.part[source.base] == Part::slot && result.assign &&
          from.space == Space::variable && from.slot == result.slot &&
          source.at == dense_reading(classified_.shape(source.base)))
        region.value = contents(source.base);  // it keeps its value: nothing is written
      wanted.push_back(region);
    }
  }

  // Elements lo .. hi - 1 of the tensor `base`, whose element 0 is at `at`; of a place, those of
  // its parts.
  void read(std::vector<Region>& reads, ValueId base, Extent lo, Extent hi, const Place& at,
            const Traversal& traversal) const {
    if (lo >= hi) return;
    const auto moved = [&](Extent elements) {
      Place place = at;
      place.offset += static_cast<std::size_t>(elements) * element_size(base);
      return place;
    };
    if (classified_.part[base] != Part::place) {
      reads.push_back({moved(lo), bytes_of(base, hi - lo), contents(base), bytes_of(base, lo),
                       element_size(base), traversal});
      return;
    }
    classified_.for_each_part(
        base, lo, hi, [&](std::size_t i, Extent first, Extent from, Extent to) {
          const ValueId id = program().nodes[base].inputs[i];
          if (plan_.apart.count(base))
            return read(reads, classified_.source[id], classified_.shape(id), {});
          if (plan_.copied_parts.count({base, i})) {
            reads.push_back({moved(first + from), bytes_of(base, to - from), id,
                             bytes_of(base, from), element_size(base), shifted(traversal, first)});
            return;
          }
          const StoredView& part = classified_.source[id];
          const Extent lead = part.at.offset;
          read(reads, part.base, lead + from, lead + to, moved(first - lead),
               shifted(traversal, first - lead));
        });
  }
  void read(std::vector<Region>& reads, const StoredView& from, const Shape& shape,
            const Traversal& traversal) const {
    const auto [lo, hi] = range_of(shape, from.at);
    read(reads, from.base, lo, hi, plan_.places[from.base], traversal);
  }

  Launch copy_of(const Step& step) const {
    Launch launch;
    launch.kind = Launch::Kind::copy;
    launch.members = {step.value};
    launch.tape = copy_tape(step);
    if (step.second)
      launch.reads = {whole(step.value, step.from)};
    else
      read(launch.reads, classified_.source[step.value], step.type.shape, {});
    launch.writes = {whole(step.value, step.to)};
    return launch;
  }

  Launch kernel_of(int index) const {
    using Kind = FusedKernel::Kind;
    const FusedKernel& kernel = fusion_.kernels[index];
    Launch launch;
    launch.level = kernel.level;
    for (const Member& m : kernel.members) {
      launch.members.push_back(m.id);
      for (const Operand& operand : classified_.operands(m.id))
        if (!inside(kernel, operand.source.base))
          read(launch.reads, operand.source, classified_.shape(operand.value),
               read_traversal(classified_, kernel, m, operand));
    }
    for (const ValueId id : kernel.stores)
      launch.writes.push_back(whole(id, plan_.places[id], write_traversal(kernel, id)));
    const bool alone = kernel.members.size() == 1;
    if (kernel.kind == Kind::tape || (kernel.kind == Kind::product && !alone))
      launch.tape = make_tape(classified_, kernel, plan_, precision_);
    if (kernel.kind == Kind::tape) return launch;

    launch.kind = kernel.kind == Kind::product ? Launch::Kind::product : Launch::Kind::kernel;
    launch.node = kernel.kind == Kind::product ? kernel.product(classified_) : kernel.members[0].id;
    if (alone) launch.output = plan_.places[launch.node];
    for (const Operand& operand : classified_.operands(launch.node)) {
      if (plan_.apart.count(operand.source.base)) {
        launch.inputs.emplace_back();
        launch.blocks = blocks_of(operand);
        continue;
      }
      Place place = plan_.places[operand.source.base];
      place.offset += bytes_of(operand.value, operand.source.at.offset);
      launch.inputs.push_back(place);
    }
    if (const auto found = plan_.workspaces.find(index); found != plan_.workspaces.end()) {
      const auto& [place, bytes] = found->second;
      launch.workspace = place;
      const auto value = static_cast<ValueId>(program().nodes.size() + index);  // nobody's
      launch.writes.push_back({place, bytes, value, 0, 1, {}});
    }
    return launch;
  }
  std::vector<OperandRows> blocks_of(const Operand& operand) const {
    std::vector<OperandRows> blocks;
    for (const auto& [first, end, source] : operand_blocks(classified_, operand)) {
      Place place = plan_.places[source.base];
      const Extent before = source.at.offset + first * source.at.steps[0];
      place.offset += bytes_of(operand.value, before);
      blocks.push_back({place, end - first});
    }
    return blocks;
  }
  static bool inside(const FusedKernel& kernel, ValueId id) {
    return std::any_of(kernel.members.begin(), kernel.members.end(),
                       [id](const Member& m) { return m.id == id; });
  }

  const Classified& classified_;
  const Fusion& fusion_;
  const Plan& plan_;
  Precision precision_;
  std::map<std::pair<Space, std::uint32_t>, ValueId> slots_;
};

}  // namespace

Launches make_launches(const Classified& classified, const Fusion& fusion, const Plan& plan,
                       Precision precision) {
  return Lister(classified, fusion, plan, precision).list();
}

}  // namespace ganflow::kernels
