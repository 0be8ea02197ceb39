#include "engine/program/homes.h"

#include <algorithm>

#include "engine/program/core.h"
#include "engine/program/walk.h"

namespace ganflow {
namespace {

class Chooser {
 public:
  Chooser(const Units& units, const Fusion& fusion, const PlanOptions& options)
      : units_(units), fusion_(fusion), options_(options), after_(fusion.kernels.size()) {}

  Homes choose() {
    const auto& nodes = units_.program->nodes;
    homes_.home.assign(nodes.size(), {});
    std::vector<bool> in_place_of_concat(nodes.size(), false);
    for (ValueId id = 0; id < nodes.size(); ++id) {
      const auto slot = static_cast<std::uint32_t>(nodes[id].attributes.ints[0]);
      if (nodes[id].primitive == &input_primitive()) homes_.home[id] = {Space::input, slot, 0};
      if (nodes[id].primitive == &variable_primitive())
        homes_.home[id] = {Space::variable, slot, 0};
      if (units_.part[id] == Part::place)
        for (const ValueId part : nodes[id].inputs)
          in_place_of_concat[units_.source[part].base] = true;
    }
    for (const Output& result : units_.program->results) {
      const ValueId id = result.value;
      const bool own = units_.computed(id) && units_.source[id].base == id &&
                       homes_.home[id].space == Space::none && !in_place_of_concat[id];
      const Place slot{result.assign ? Space::variable : Space::output, result.slot, 0};
      if (result.assign && keeps_its_value(result)) continue;
      if (own && (!result.assign || updates_in_place(id, result.slot)))
        homes_.home[id] = slot;
      else
        homes_.copies.push_back(
            {id, slot, result.assign && is_variable(units_, units_.source[id].base)});
    }
    homes_.position = order(after_);
    return homes_;
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
        for (const Operand& operand : units_.operands(m.id)) {
          if (!reads(operand, slot)) continue;
          if (static_cast<int>(k) != updater)
            readers.push_back(static_cast<int>(k));
          else if (units_.part[operand.source.base] != Part::slot ||
                   !in_step(read_walk(units_, kernel, m, operand), write_walk(kernel, id), 0, 0, 1))
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
    const Source& source = units_.source[result.value];
    return is_variable(units_, source.base) &&
           units_.node(source.base).attributes.ints[0] == result.slot &&
           source.at == dense_reading(units_.shape(source.base));
  }

  bool reads(const Operand& operand, std::uint32_t slot) const {
    bool found = false;
    const auto [lo, hi] = range_of(units_.shape(operand.value), operand.source.at);
    units_.visit(operand.source.base, lo, hi, [&](ValueId id, Extent, Extent) {
      found = found || (is_variable(units_, id) && units_.node(id).attributes.ints[0] == slot);
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
        for (const Operand& operand : units_.operands(m.id)) {
          const auto [lo, hi] = range_of(units_.shape(operand.value), operand.source.at);
          units_.visit(operand.source.base, lo, hi,
                       [&](ValueId base, Extent, Extent) { depends(k, fusion_.kernel_of[base]); });
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

  const Units& units_;
  const Fusion& fusion_;
  PlanOptions options_;
  Homes homes_;
  std::vector<std::vector<int>> after_;  // by kernel: readers of what it overwrites
};

}  // namespace

bool is_variable(const Units& units, ValueId id) {
  return units.node(id).primitive == &variable_primitive();
}

Homes choose_homes(const Units& units, const Fusion& fusion, const PlanOptions& options) {
  return Chooser(units, fusion, options).choose();
}

}  // namespace ganflow
