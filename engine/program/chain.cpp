#include "engine/program/chain.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "engine/error.h"
#include "engine/program/leaves.h"
#include "engine/suggest.h"

namespace ganflow {
namespace {

std::string text_of(const TensorType& type) {
  constexpr const char* kNames[] = {"real", "mask", "index"};
  return fmt::format("{} {}", kNames[static_cast<int>(type.dtype)], type.shape.str());
}

class Chainer {
 public:
  explicit Chainer(const std::set<std::string>& shared) : shared_(shared) {}

  void add(const Occurrence& occurrence) {
    const Program& from = *occurrence.program;
    std::vector<ValueId> now(from.nodes.size());
    declare(from);
    for (ValueId id = 0; id < from.nodes.size(); ++id) {
      Node node = from.nodes[id];
      const auto slot = static_cast<std::size_t>(node.attributes.ints[0]);
      if (node.primitive == &variable_primitive()) {
        const std::uint32_t to = variables_.at(from.variables[slot].name);
        if (values_[to]) {
          now[id] = *values_[to];
          continue;
        }
        node.attributes.ints[0] = to;
        values_[to] = static_cast<ValueId>(chain_.program.nodes.size());
      }
      if (node.primitive == &input_primitive())
        node.attributes.ints[0] = chain_.inputs.back()[slot];
      if (traits_of(from, node).draws)
        set_draw_time(node.attributes, time_of(draw_time(node.attributes), occurrence.clocks));
      for (ValueId& input : node.inputs) input = now[input];
      node.origin = origin(from.origins[node.origin]);
      now[id] = static_cast<ValueId>(chain_.program.nodes.size());
      chain_.program.nodes.push_back(std::move(node));
    }
    for (const Output& result : from.results) {
      const ValueId value = now[result.value];
      if (result.assign) {
        const std::uint32_t slot = variables_.at(from.variables[result.slot].name);
        values_[slot] = value;
        assigned_.insert(slot);
      } else {
        chain_.program.results.push_back({value, chain_.outputs.back()[result.slot], false});
      }
    }
  }

  Chain finish() {
    for (const std::string& name : shared_)
      if (!shared_slots_.count(name)) {
        const std::vector<std::string> names(input_names_.begin(), input_names_.end());
        fail(Fault::usage, "chain: no occurrence has an input {} to share{}", name,
             suggestion(name, names));
      }
    for (const std::uint32_t slot : assigned_)
      chain_.program.results.push_back({*values_[slot], slot, true});
    return std::move(chain_);
  }

 private:
  std::size_t index() const { return chain_.inputs.size() - 1; }

  // The occurrence's slots among those of the chain.
  void declare(const Program& from) {
    Program& to = chain_.program;
    chain_.inputs.emplace_back();
    chain_.outputs.emplace_back();
    for (const Slot& slot : from.inputs) {
      input_names_.insert(slot.name);
      chain_.inputs.back().push_back(shared_.count(slot.name)
                                         ? common(shared_slots_, to.inputs, slot, "input")
                                         : own(to.inputs, slot));
    }
    for (const Slot& slot : from.outputs) chain_.outputs.back().push_back(own(to.outputs, slot));
    for (const Slot& slot : from.variables) common(variables_, to.variables, slot, "variable");
    values_.resize(to.variables.size());
  }

  std::uint32_t own(std::vector<Slot>& slots, const Slot& slot) const {
    slots.push_back({fmt::format("{}#{}", slot.name, index()), slot.type});
    return static_cast<std::uint32_t>(slots.size() - 1);
  }

  std::uint32_t common(std::map<std::string, std::uint32_t>& known, std::vector<Slot>& slots,
                       const Slot& slot, const char* kind) const {
    const auto [found, fresh] = known.emplace(slot.name, static_cast<std::uint32_t>(slots.size()));
    if (fresh)
      slots.push_back(slot);
    else if (!(slots[found->second].type == slot.type))
      fail(Fault::usage, "chain: {} {} is {} in occurrence {} and {} before: one slot has one type",
           kind, slot.name, text_of(slot.type), index(), text_of(slots[found->second].type));
    return found->second;
  }

  DrawTime time_of(const DrawTime& own, const std::vector<DrawTime>& clocks) const {
    if (own.clock >= clocks.size())
      fail(Fault::usage, "chain: occurrence {} draws by clock {}, {} are given: say when", index(),
           own.clock, clocks.size());
    return {clocks[own.clock].clock, clocks[own.clock].offset + own.offset};
  }

  std::uint32_t origin(const std::string& name) {
    auto& names = chain_.program.origins;
    const auto [found, fresh] = origins_.emplace(name, static_cast<std::uint32_t>(names.size()));
    if (fresh) names.push_back(name);
    return found->second;
  }

  const std::set<std::string>& shared_;
  Chain chain_;
  std::map<std::string, std::uint32_t> variables_, shared_slots_;  // by name: slots of the chain
  std::map<std::string, std::uint32_t> origins_{{"", 0}};
  std::set<std::string> input_names_;
  std::vector<std::optional<ValueId>> values_;  // of variables, by slot, as far as there are any
  std::set<std::uint32_t> assigned_;
};

}  // namespace

Chain chain(std::span<const Occurrence> occurrences, const std::set<std::string>& shared) {
  Chainer chainer(shared);
  for (const Occurrence& occurrence : occurrences) chainer.add(occurrence);
  return chainer.finish();
}

}  // namespace ganflow
