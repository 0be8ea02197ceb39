#include "engine/kernels/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/kernels/buffers.h"
#include "engine/kernels/place.h"
#include "engine/kernels/row_blocks.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "engine/tensor/memory.h"

namespace ganflow::kernels {
namespace {

class Planner {
 public:
  Planner(const Classified& classified, const Fusion& fusion, Precision precision,
          const PlanOptions& options)
      : classified_(classified),
        fusion_(fusion),
        precision_(precision),
        options_(options),
        placement_(place_results(classified, fusion, options)) {
    if (classified.target.side_by_side) order_ = Order(classified, fusion, placement_.position);
    for (std::size_t k = 0; k < fusion.kernels.size(); ++k)
      if (const std::size_t bytes = workspace_of(fusion.kernels[k])) workspace_bytes_[k] = bytes;
  }

  Plan make() {
    place_parts();
    while (take_apart()) place_parts();
    replace_in_step();
    return finish();
  }

 private:
  const std::vector<Node>& nodes() const { return classified_.program->nodes; }
  std::size_t element_size(ValueId id) const {
    return element_bytes(classified_.node(id).type.dtype, precision_);
  }
  Time time_of(std::size_t kernel) const { return time_at(placement_.position[kernel]); }
  Time end() const { return time_at(static_cast<int>(fusion_.kernels.size())); }

  std::size_t workspace_of(const FusedKernel& kernel) const {
    if (!classified_.target.workspace || kernel.kind != FusedKernel::Kind::product) return 0;
    const Node& node = classified_.node(kernel.product(classified_));
    return classified_.target.workspace(*node.primitive, input_types(*classified_.program, node),
                                        node.attributes);
  }

  // When the kernels that compute a value are done; 0 for what needs none.
  Time produced(ValueId id) const {
    Time latest = 0;
    const auto [lo, hi] = range_of(classified_.shape(id), classified_.source[id].at);
    classified_.visit(classified_.source[id].base, lo, hi, [&](ValueId base, Extent, Extent) {
      const int kernel = fusion_.kernel_of[base];
      if (kernel >= 0) latest = std::max(latest, time_of(static_cast<std::size_t>(kernel)));
    });
    return latest;
  }
  // Outputs are copied behind their kernels, variables when everything has been read.
  Time time_of(const ResultCopy& copy) const {
    return copy.to.space == Space::variable ? end() : produced(copy.value) + kTick / 2;
  }
  Time last_use(const ResultCopy& copy) const {
    return options_.double_buffer_to_end ? time_of(copy) : produced(copy.value) + kTick / 2;
  }

  // Items of Buffers: nodes by id, then results set aside, workspaces by kernel, copies of parts.
  int item_of_aside(std::size_t copy) const { return static_cast<int>(nodes().size() + copy); }
  int item_of_workspace(std::size_t kernel) const {
    return item_of_aside(placement_.copies.size() + kernel);
  }
  int item_of_part(ValueId place, std::size_t part) {
    const int next = item_of_workspace(fusion_.kernels.size() + part_items_.size());
    return part_items_.emplace(std::pair(place, part), next).first->second;
  }

  bool is_copied(ValueId place, std::size_t part) const {
    const ValueId id = nodes()[place].inputs[part];
    if (apart_.count(place)) return false;
    return !options_.coalesce || copied_.count({place, part}) || !classified_.is_placeable(id) ||
           placement_.home[classified_.source[id].base].space != Space::none;
  }

  void use(ValueId base, Extent lo, Extent hi, Time time, const Traversal& traversal) {
    if (lo >= hi) return;
    if (!options_.track_rows) hi -= lo, lo = 0;
    if (classified_.part[base] != Part::place) {
      if (const auto leaf = leaves_.find(static_cast<int>(base)); leaf != leaves_.end())
        leaf->second.uses.push_back({time, lo, hi, traversal});
      return;
    }
    if (!options_.places_keep_parts) return;
    classified_.for_each_part(
        base, lo, hi, [&](std::size_t i, Extent first, Extent from, Extent to) {
          const ValueId id = nodes()[base].inputs[i];
          if (apart_.count(base)) return use(classified_.source[id], classified_.shape(id), time);
          if (is_copied(base, i)) {
            leaves_[item_of_part(base, i)].uses.push_back(
                {time, from, to, shifted(traversal, first)});
            return;
          }
          const StoredView& part = classified_.source[id];
          const Extent lead = part.at.offset;
          use(part.base, lead + from, lead + to, time, shifted(traversal, first - lead));
        });
  }
  void use(const StoredView& source, const Shape& shape, Time time,
           const Traversal& traversal = {}) {
    const auto [lo, hi] = range_of(shape, source.at);
    use(source.base, lo, hi, time, traversal);
  }

  // From the kernel's start to its end, beside all that it reads and writes.
  static Leaf workspace_leaf(std::size_t bytes, Time time) {
    const auto n = static_cast<Extent>(bytes);
    return {.element_bytes = 1, .elements = n, .defined = time, .uses = {{time, 0, n, {}}}};
  }

  // Leaves and their uses under the present choice of copies.
  void find_uses() {
    leaves_.clear();
    const auto leaf = [&](ValueId like, Time defined, const Traversal& traversal) {
      return Leaf{element_size(like), classified_.shape(like).elements(), defined, traversal, {}};
    };
    for (std::size_t k = 0; k < fusion_.kernels.size(); ++k)
      for (const ValueId id : fusion_.kernels[k].stores)
        if (placement_.home[id].space == Space::none)
          leaves_[static_cast<int>(id)] =
              leaf(id, time_of(k), write_traversal(fusion_.kernels[k], id));
    for_each_copied([&](ValueId place, std::size_t i) {
      leaves_[item_of_part(place, i)] = leaf(nodes()[place].inputs[i], 0, {});
    });
    for (const auto& [k, bytes] : workspace_bytes_)
      leaves_[item_of_workspace(k)] = workspace_leaf(bytes, time_of(k));
    for (std::size_t k = 0; k < fusion_.kernels.size(); ++k)
      for (const Member& m : fusion_.kernels[k].members)
        for (const Operand& operand : classified_.operands(m.id))
          use(operand.source, classified_.shape(operand.value), time_of(k),
              read_traversal(classified_, fusion_.kernels[k], m, operand));
    for (std::size_t i = 0; i < placement_.copies.size(); ++i) {
      const ResultCopy& copy = placement_.copies[i];
      use(classified_.source[copy.value], classified_.shape(copy.value),
          copy.aside ? 1 : last_use(copy));
      if (!copy.aside) continue;
      Leaf& aside = leaves_[item_of_aside(i)] = leaf(copy.value, 1, {});
      aside.uses.push_back({last_use(copy), 0, aside.elements, {}});
    }
    for_each_copied([&](ValueId place, std::size_t i) {
      Leaf& copy = leaves_[item_of_part(place, i)];
      if (copy.uses.empty()) return void(copy.elements = 0);
      const ValueId part = nodes()[place].inputs[i];
      copy.defined = copy.uses[0].time;
      for (const Use& u : copy.uses) copy.defined = std::min(copy.defined, u.time);
      // Just before the first use; of a variable, before it may change.
      copy.defined = is_variable(classified_, classified_.source[part].base) ? 1 : copy.defined - 1;
      use(classified_.source[part], classified_.shape(part), copy.defined);
    });
  }

  // Places backwards: the copy of a part that lies in an earlier place is a use of that.
  template <class F>
  void for_each_copied(F f) {
    for (ValueId id = static_cast<ValueId>(nodes().size()); id-- > 0;)
      if (classified_.part[id] == Part::place)
        for (std::size_t i = 0; i < nodes()[id].inputs.size(); ++i)
          if (is_copied(id, i)) f(id, i);
  }

  // concat in program order: the first part that can be is its home, others join at their offset.
  void place_parts() {
    find_uses();
    buffers_ = Buffers(order_, options_.interference);
    for (const auto& [item, leaf] : leaves_) buffers_.set_leaf(item, leaf);
    for (ValueId id = 0; id < nodes().size(); ++id) {
      if (classified_.part[id] != Part::place || apart_.count(id)) continue;
      buffers_.set_place(static_cast<int>(id));
      Buffers placed = buffers_;
      if (!place(placed, id, false)) {
        placed = buffers_;
        place(placed, id, true);
      }
      buffers_ = std::move(placed);
    }
  }

  // Places of which a part would have to be copied, as far as their readers do without.
  bool take_apart() {
    const std::size_t before = apart_.size();
    std::set<ValueId> places;
    for_each_copied([&](ValueId place, std::size_t) { places.insert(place); });
    for (const ValueId place : places)
      if (can_lie_apart(classified_, fusion_, place)) apart_.insert(place);
    if (apart_.size() == before) return false;
    copied_.clear();
    return true;
  }

  // Gives the parts of a place their bytes in it: of %9 = concat(%3, %5, %3), rows of 16 bytes,
  //   in    %9 of 0 bytes so far; %3 (2 rows) and %5 (1 row) in buffers of their own
  //   %3    joins at byte 0: its kernel will write there     %5   joins at byte 32
  //   %3    again, at byte 48: it lies at 0 already, so (%9, 2) becomes a copy with an item of its
  //         own, whose making is one more use of %3
  //   out   one buffer [%3 | %5 | copy of %3] of 80 bytes
  // False where even a copy cannot join; then the caller starts anew with copies alone.
  bool place(Buffers& buffers, ValueId id, bool copy_all) {
    const auto& parts = nodes()[id].inputs;
    std::vector<std::ptrdiff_t> offsets;
    std::ptrdiff_t bytes = 0;
    for (const ValueId part : parts) {
      offsets.push_back(bytes);
      bytes += classified_.shape(part).elements() * static_cast<std::ptrdiff_t>(element_size(id));
    }
    const int place = static_cast<int>(id);
    for (const auto& [item, leaf] : leaves_) buffers.set_leaf(item, leaf);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const StoredView& part = classified_.source[parts[i]];
      const int item = static_cast<int>(part.base);
      if (is_copied(id, i) || !buffers.known(item)) continue;  // unknown: nobody reads it
      const auto lead = part.at.offset * static_cast<std::ptrdiff_t>(element_size(id));
      if (!copy_all && buffers.join(place, item, offsets[i] - lead)) continue;
      copied_.insert({id, i});
      find_uses();
      for (const auto& [other, leaf] : leaves_) buffers.set_leaf(other, leaf);
    }
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (is_copied(id, i) && !buffers.join(place, item_of_part(id, i), offsets[i])) return false;
    return true;
  }

  // Elementwise results onto operands of their size that die in the same kernel.
  void replace_in_step() {
    if (!options_.coalesce) return;
    for (const auto& [item, leaf] : leaves_) {
      if (!leaf.traversal.aligned) continue;
      for (const auto& [other, dying] : leaves_) {
        if (other == item || dying.element_bytes != leaf.element_bytes ||
            dying.elements != leaf.elements)
          continue;
        const auto last = std::find_if(dying.uses.begin(), dying.uses.end(), [&](const Use& u) {
          return u.time == leaf.defined && u.traversal.aligned &&
                 u.traversal.level == leaf.traversal.level;
        });
        if (last == dying.uses.end()) continue;
        const auto offset = (leaf.traversal.shift - last->traversal.shift) *
                            static_cast<std::ptrdiff_t>(leaf.element_bytes);
        if (buffers_.join(other, item, offset)) break;
      }
    }
  }

  Plan finish() {
    Plan plan;
    std::vector<std::size_t> offsets;
    plan.arena_bytes = buffers_.pack(offsets, classified_.target.alignment);
    plan.places = placement_.home;
    const auto in_arena = [&](int item) { return Place{Space::arena, 0, offsets[item]}; };
    for (ValueId id = 0; id < nodes().size(); ++id)
      if ((classified_.part[id] == Part::place && !apart_.count(id)) ||
          leaves_.count(static_cast<int>(id)))
        plan.places[id] = in_arena(static_cast<int>(id));
    for (const auto& [k, bytes] : workspace_bytes_)
      plan.workspaces[static_cast<int>(k)] = {in_arena(item_of_workspace(k)), bytes};
    place_constants(plan);
    for_each_copied([&](ValueId place, std::size_t i) { plan.copied_parts.insert({place, i}); });
    plan.apart = apart_;

    std::multimap<Time, Step> steps;
    for (std::size_t k = 0; k < fusion_.kernels.size(); ++k)
      steps.emplace(time_of(k), Step{.kernel = static_cast<int>(k)});
    const auto copy = [&](ValueId id, Place to) {
      const StoredView& source = classified_.source[id];
      return Step{-1, id, nodes()[id].type, source.at, plan.places[source.base], to};
    };
    for (const auto& [part, item] : part_items_)
      if (const auto leaf = leaves_.find(item);
          leaf != leaves_.end() && !leaf->second.uses.empty()) {
        steps.emplace(leaf->second.defined,
                      copy(nodes()[part.first].inputs[part.second], in_arena(item)));
        ++plan.copies;
      }
    for (std::size_t i = 0; i < placement_.copies.size(); ++i) {
      const ResultCopy& result = placement_.copies[i];
      if (!result.aside) {
        steps.emplace(time_of(result), copy(result.value, result.to));
        continue;
      }
      const Place aside = in_arena(item_of_aside(i));
      const TensorType& type = nodes()[result.value].type;
      steps.emplace(1, copy(result.value, aside));
      steps.emplace(end(), Step{-1, result.value, type, dense_reading(type.shape), aside, result.to,
                                /*second=*/true});
    }
    for (auto& [time, step] : steps) plan.steps.push_back(std::move(step));
    return plan;
  }

  // A full() is one element unless it is read as a dense tensor.
  void place_constants(Plan& plan) const {
    for (const ValueId id : constants_read(classified_, fusion_)) {
      plan.places[id] = {Space::constants, 0, plan.constant_bytes};
      const bool one =
          nodes()[id].primitive == &full_primitive() && !classified_.dense_constant[id];
      const auto n = static_cast<std::size_t>(one ? 1 : classified_.shape(id).elements());
      plan.constant_bytes += round_up(n * element_size(id), classified_.target.alignment);
      plan.constants.push_back(id);
    }
  }

  const Classified& classified_;
  const Fusion& fusion_;
  Precision precision_;
  PlanOptions options_;
  Placement placement_;
  Order order_;
  std::map<std::size_t, std::size_t> workspace_bytes_;  // by kernel, of those that ask for any
  std::set<std::pair<ValueId, std::size_t>> copied_;    // parts that found no place
  std::set<ValueId> apart_;                             // places that are read in blocks
  std::map<std::pair<ValueId, std::size_t>, int> part_items_;
  std::map<int, Leaf> leaves_;
  Buffers buffers_;
};

}  // namespace

Plan make_plan(const Classified& classified, const Fusion& fusion, Precision precision,
               const PlanOptions& options) {
  return Planner(classified, fusion, precision, options).make();
}

}  // namespace ganflow::kernels
