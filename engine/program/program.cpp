#include "engine/program/program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

namespace ganflow {
namespace {

std::uint64_t mix(std::uint64_t h, std::uint64_t v) {  // splitmix64 finaliser over a running hash
  h ^= v + 0x9E3779B97F4A7C15ull + (h << 6) + (h >> 2);
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
  return h ^ (h >> 27);
}

std::uint64_t mix(std::uint64_t h, std::string_view text) {
  for (char c : text) h = mix(h, static_cast<std::uint8_t>(c));
  return mix(h, text.size());
}

std::uint64_t mix(std::uint64_t h, const TensorType& type) {
  for (Extent e : type.shape) h = mix(h, static_cast<std::uint64_t>(e));
  return mix(h, static_cast<std::uint64_t>(type.dtype) << 8 | type.shape.rank());
}

}  // namespace

std::string Program::str() const {
  std::string text;
  for (std::size_t id = 0; id < nodes.size(); ++id) {
    const Node& node = nodes[id];
    std::vector<std::string> arguments;
    for (ValueId input : node.inputs) arguments.push_back(fmt::format("%{}", input));
    const auto& ints = node.attributes.ints;
    const auto last = std::find_if(ints.rbegin(), ints.rend(), [](auto v) { return v != 0; });
    if (last != ints.rend())
      arguments.push_back(fmt::format("{}", std::span(ints.begin(), last.base())));
    const auto& reals = node.attributes.reals;
    if (reals[0] != 0 || reals[1] != 0)
      arguments.push_back(fmt::format("{} {}", reals[0], reals[1]));
    text += fmt::format("%{} = {}({}) {}", id, node.primitive->name(), fmt::join(arguments, ", "),
                        node.shape().str());
    if (!origins[node.origin].empty()) text += fmt::format("  [{}]", origins[node.origin]);
    text += '\n';
  }
  for (const Output& result : results)
    text += fmt::format("{} {} = %{}\n", result.assign ? "assign" : "output",
                        (result.assign ? variables : outputs)[result.slot].name, result.value);
  return text;
}

std::uint64_t Program::hash() const {
  std::uint64_t h = nodes.size();
  for (const Node& node : nodes) {
    h = mix(h, node.primitive->name());
    for (auto v : node.attributes.ints) h = mix(h, static_cast<std::uint64_t>(v));
    for (auto v : node.attributes.reals) h = mix(h, std::bit_cast<std::uint64_t>(v));
    h = mix(h, node.type);
    for (ValueId input : node.inputs) h = mix(h, input);
  }
  for (const auto* slots : {&inputs, &variables, &outputs})
    for (const Slot& slot : *slots) h = mix(mix(h, slot.name), slot.type);
  for (const Output& result : results)
    h = mix(mix(mix(h, result.value), result.slot), static_cast<std::uint64_t>(result.assign));
  return h;
}

std::vector<std::vector<ValueId>> Program::users() const {
  std::vector<std::vector<ValueId>> users(nodes.size());
  for (ValueId id = 0; id < nodes.size(); ++id)
    for (ValueId input : nodes[id].inputs) users[input].push_back(id);
  return users;
}

std::vector<bool> Program::live() const {
  std::vector<bool> alive(nodes.size(), false);
  for (const Output& result : results) alive[result.value] = true;
  for (ValueId id = static_cast<ValueId>(nodes.size()); id-- > 0;)
    if (alive[id])
      for (ValueId input : nodes[id].inputs) alive[input] = true;
  return alive;
}

Program Program::without_nodes() const {
  Program empty{{}, inputs, variables, outputs, results, origins};
  return empty;
}

Program without_dead_code(const Program& program) {
  const std::vector<bool> live = program.live();
  Program result = program.without_nodes();
  std::vector<ValueId> now(program.nodes.size());
  for (ValueId id = 0; id < program.nodes.size(); ++id) {
    if (!live[id]) continue;
    now[id] = static_cast<ValueId>(result.nodes.size());
    Node& node = result.nodes.emplace_back(program.nodes[id]);
    for (ValueId& input : node.inputs) input = now[input];
  }
  for (Output& r : result.results) r.value = now[r.value];
  return result;
}

std::vector<TensorType> input_types(const Program& program, const Node& node) {
  std::vector<TensorType> types;
  types.reserve(node.inputs.size());
  for (ValueId input : node.inputs) types.push_back(program.nodes[input].type);
  return types;
}

Traits traits_of(const Program& program, const Node& node) {
  return node.primitive->traits(input_types(program, node), node.attributes);
}

}  // namespace ganflow
