#include "engine/rewrite/stack_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

constexpr std::uint32_t kUnseen = std::numeric_limits<std::uint32_t>::max();

Program shell(const Program& program) {  // slots, origins and results without nodes
  Program copy = program;
  copy.nodes.clear();
  return copy;
}

}  // namespace

StackGraph::StackGraph(const Program& program) : builder_(Builder::Mode::simplify, shell(program)) {
  std::vector<ValueId> now, inputs;
  for (const Node& node : program.nodes) {
    inputs.clear();
    for (ValueId input : node.inputs) inputs.push_back(now[input]);
    builder_.set_origin(node.origin);
    now.push_back(builder_(*node.primitive, inputs, node.attributes));
  }
  for (Output& result : builder_.program().results) result.value = now[result.value];
  refresh();
}

bool StackGraph::depends(ValueId user, ValueId on) const {
  const std::size_t bit = position_[on];
  return ancestors_[position_[user] * words_ + bit / 64] >> bit % 64 & 1;
}

std::vector<int> StackGraph::levels(std::span<const ValueId> group) const {
  std::vector<int> levels(builder_.program().nodes.size(), 0);
  int together = 0;  // level of the group: that of its last member
  for (ValueId id : group) together = std::max(together, levels_[id]);
  for (ValueId id : order_) {
    for (ValueId input : node(id).inputs) levels[id] = std::max(levels[id], levels[input]);
    const Role role = traits_[id].role;
    levels[id] += role == Role::product || role == Role::reduction;
    if (std::find(group.begin(), group.end(), id) != group.end()) levels[id] = together;
  }
  return levels;
}

int StackGraph::critical_path(std::span<const ValueId> group) const {
  const std::vector<int> all = group.empty() ? levels_ : levels(group);
  return all.empty() ? 0 : *std::max_element(all.begin(), all.end());
}

ValueId StackGraph::now(ValueId id) const {
  while (id < forward_.size() && forward_[id] != id) id = forward_[id];
  return id;
}

ValueId StackGraph::make(const Primitive& primitive, std::span<const ValueId> inputs,
                         const Attributes& attributes) {
  std::vector<ValueId> operands;
  for (ValueId input : inputs) operands.push_back(now(input));
  const ValueId id = now(builder_(primitive, operands, attributes));
  while (forward_.size() < builder_.program().nodes.size())
    forward_.push_back(static_cast<ValueId>(forward_.size()));
  return id;
}

ValueId StackGraph::slice_rows(ValueId id, Extent lo, Extent hi) {
  return make(slice_primitive(), std::span(&id, 1), {.ints = {0, lo, hi}});
}

ValueId StackGraph::concat_rows(std::span<const ValueId> parts) {
  return make(concat_primitive(), parts, {});
}

void StackGraph::set_origin(std::span<const ValueId> made_from) {
  const auto& names = builder_.program().origins;
  std::vector<std::string> distinct;
  for (ValueId id : made_from) {
    const std::string& name = names[node(id).origin];
    if (std::find(distinct.begin(), distinct.end(), name) == distinct.end())
      distinct.push_back(name);
  }
  builder_.set_origin(builder_.origin(fmt::format("{}", fmt::join(distinct, " + "))));
}

void StackGraph::visit(ValueId root) {
  std::vector<std::pair<ValueId, std::size_t>> path{{root, 0}};  // node, next operand
  position_[root] = 0;
  while (!path.empty()) {
    auto& [id, next] = path.back();
    const auto& inputs = node(id).inputs;
    if (next == inputs.size()) {
      position_[id] = static_cast<std::uint32_t>(order_.size());
      order_.push_back(id);
      path.pop_back();
    } else if (const ValueId input = inputs[next++]; position_[input] == kUnseen) {
      position_[input] = 0;
      path.emplace_back(input, 0);
    }
  }
}

void StackGraph::refresh() {
  auto& program = builder_.program();
  const std::size_t count = program.nodes.size();
  for (std::size_t id = forward_.size(); id < count; ++id)
    forward_.push_back(static_cast<ValueId>(id));
  for (std::size_t id = traits_.size(); id < count; ++id)
    traits_.push_back(traits_of(program, program.nodes[id]));
  for (Node& node : program.nodes)
    for (ValueId& input : node.inputs) input = now(input);
  for (Output& result : program.results) result.value = now(result.value);

  std::vector<bool> live(count, false);
  std::vector<ValueId> pending;
  for (const Output& result : program.results) pending.push_back(result.value);
  while (!pending.empty()) {
    const ValueId id = pending.back();
    pending.pop_back();
    if (live[id]) continue;
    live[id] = true;
    pending.insert(pending.end(), node(id).inputs.begin(), node(id).inputs.end());
  }
  order_.clear();
  position_.assign(count, kUnseen);
  for (ValueId id = 0; id < count; ++id)
    if (live[id] && position_[id] == kUnseen) visit(id);

  users_.resize(count);
  for (auto& users : users_) users.clear();
  uses_.assign(count, 0);
  words_ = order_.size() / 64 + 1;
  ancestors_.assign(order_.size() * words_, 0);
  for (ValueId id : order_) {
    std::uint64_t* row = &ancestors_[position_[id] * words_];
    for (ValueId input : node(id).inputs) {
      const std::uint32_t p = position_[input];
      const std::uint64_t* from = &ancestors_[p * words_];
      for (std::size_t w = 0; w < words_; ++w) row[w] |= from[w];
      row[p / 64] |= std::uint64_t{1} << p % 64;
      ++uses_[input];
      if (users_[input].empty() || users_[input].back() != id) users_[input].push_back(id);
    }
  }
  for (const Output& result : program.results) ++uses_[result.value];
  levels_ = levels({});
}

Program StackGraph::program() const {
  Program result = shell(builder_.program());
  std::vector<ValueId> renamed(builder_.program().nodes.size());
  for (ValueId id : order_) {
    renamed[id] = static_cast<ValueId>(result.nodes.size());
    Node& node = result.nodes.emplace_back(builder_.node(id));
    for (ValueId& input : node.inputs) input = renamed[input];
  }
  for (Output& r : result.results) r.value = renamed[r.value];
  return result;
}

}  // namespace ganflow
