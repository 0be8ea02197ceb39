#include "engine/kernels/place.h"

#include <algorithm>

#include "engine/kernels/traversal.h"
#include "engine/program/leaves.h"

namespace ganflow::kernels {
namespace {

class Chooser {
 public:
  Chooser(const Classified& classified, const Fusion& fusion, const PlanOptions& options)
      : classified_(classified),
        fusion_(fusion),
        options_(options),
        after_(fusion.kernels.size()) {}

  Placement choose() {
    const auto& nodes = classified_.program->nodes;
    placement_.home.assign(nodes.size(), {});
    std::vector<bool> in_place_of_concat(nodes.size(), false);
    for (ValueId id = 0; id < nodes.size(); ++id) {
      const auto slot = static_cast<std::uint32_t>(nodes[id].attributes.ints[0]);
      if (nodes[id].primitive == &input_primitive()) placement_.home[id] = {Space::input, slot, 0};
      if (nodes[id].primitive == &variable_primitive())
        placement_.home[id] = {Space::variable, slot, 0};
      if (classified_.part[id] == Part::place)
        for (const ValueId part : nodes[id].inputs)
          in_place_of_concat[classified_.source[part].base] = true;
    }
    for (const Output& result : classified_.program->results) {
      const ValueId id = result.value;
      const bool own = classified_.computed(id) && classified_.source[id].base == id &&
                       placement_.home[id].space == Space::none && !in_place_of_concat[id];
      const Place slot{result.assign ? Space::variable : Space::output, result.slot, 0};
      if (result.assign && keeps_its_value(result)) continue;
      if (own && (!result.assign || updates_in_place(id, result.slot)))
        placement_.home[id] = slot;
      else
        placement_.copies.push_back(
            {id, slot, result.assign && is_variable(classified_, classified_.source[id].base)});
    }
    placement_.position = order(after_);
    return placement_;
  }

 private:
  // The variable's old value is read by kernels that can run before this one, and by this one only
  // element by element in step with what it writes.
  bool updates_in_place(ValueId id, std::uint32_t slot) {
    const int updater = fusion_.kernel_of[id];
    std::vector<int> readers;
    for (std::size_t k = 0; k < fusion_.kernels.size(); ++k) {
      const FusedKernel& kernel = fusion_.kernels[k];
      for (const Member& m : kernel.members)
        for (const Operand& operand : classified_.operands(m.id)) {
          if (!reads(operand, slot)) continue;
          if (static_cast<int>(k) != updater)
            readers.push_back(static_cast<int>(k));
          else if (classified_.part[operand.source.base] != Part::slot ||
                   !in_step(read_traversal(classified_, kernel, m, operand),
                            write_traversal(kernel, id), 0, 0, 1))
            return false;
        }
    }
    auto after = after_;
    after[updater].insert(after[updater].end(), readers.begin(), readers.end());
    if (order(after).empty()) return false;
    if (options_.anti_dependences) after_ = std::move(after);
    return true;
  }

  bool keeps_its_value(const Output& result) const {
    const StoredView& source = classified_.source[result.value];
    return is_variable(classified_, source.base) &&
           classified_.node(source.base).attributes.ints[0] == result.slot &&
           source.at == dense_reading(classified_.shape(source.base));
  }

  bool reads(const Operand& operand, std::uint32_t slot) const {
    bool found = false;
    const auto [lo, hi] = range_of(classified_.shape(operand.value), operand.source.at);
    classified_.visit(operand.source.base, lo, hi, [&](ValueId id, Extent, Extent) {
      found = found ||
              (is_variable(classified_, id) && classified_.node(id).attributes.ints[0] == slot);
    });
    return found;
  }

  // Positions under the data and the given further dependences; empty if they form a cycle.
  std::vector<int> order(const std::vector<std::vector<int>>& after) const {
    const std::size_t n = fusion_.kernels.size();
    std::vector<std::vector<int>> users(n);
    std::vector<int> waiting(n, 0), positions(n, -1);
    const auto depends = [&](std::size_t user, int on) {
      if (static_cast<int>(user) == on || on < 0) return;
      users[on].push_back(static_cast<int>(user));
      ++waiting[user];
    };
    for (std::size_t k = 0; k < n; ++k) {
      for (const int earlier : after[k]) depends(k, earlier);
      for (const Member& m : fusion_.kernels[k].members)
        for (const Operand& operand : classified_.operands(m.id)) {
          const auto [lo, hi] = range_of(classified_.shape(operand.value), operand.source.at);
          classified_.visit(operand.source.base, lo, hi, [&](ValueId base, Extent, Extent) {
            depends(k, fusion_.kernel_of[base]);
          });
        }
    }
    // Kernels come in a valid order of the data; each time the first that may run.
    for (int position = 0; position < static_cast<int>(n); ++position) {
      std::size_t next = 0;
      while (next < n && (positions[next] >= 0 || waiting[next] > 0)) ++next;
      if (next == n) return {};
      positions[next] = position;
      for (const int user : users[next]) --waiting[user];
    }
    return positions;
  }

  const Classified& classified_;
  const Fusion& fusion_;
  PlanOptions options_;
  Placement placement_;
  std::vector<std::vector<int>> after_;  // by kernel: readers of what it overwrites
};

}  // namespace

bool is_variable(const Classified& classified, ValueId id) {
  return classified.node(id).primitive == &variable_primitive();
}

std::set<ValueId> constants_read(const Classified& classified, const Fusion& fusion) {
  std::set<ValueId> read;
  const auto add = [&](ValueId id) {
    if (classified.part[id] == Part::constant) read.insert(id);
  };
  for (const FusedKernel& kernel : fusion.kernels)
    for (const Member& m : kernel.members)
      for (const Operand& operand : classified.operands(m.id)) add(operand.source.base);
  const std::vector<Node>& nodes = classified.program->nodes;
  for (ValueId id = 0; id < nodes.size(); ++id)
    if (classified.part[id] == Part::place)
      for (const ValueId part : nodes[id].inputs) add(classified.source[part].base);
  for (const Output& result : classified.program->results)
    add(classified.source[result.value].base);
  return read;
}

Placement place_results(const Classified& classified, const Fusion& fusion,
                        const PlanOptions& options) {
  return Chooser(classified, fusion, options).choose();
}

}  // namespace ganflow::kernels
