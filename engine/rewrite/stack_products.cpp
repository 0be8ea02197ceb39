// Products that share their weight join by rows: x1 W, x2 W, .. = [x1; x2; ..] W.
//
// A class is the products of one signature that depend on equally many products of that signature,
// so that its members never depend on each other. A class is packed whole or, where the critical
// path forbids that, in the groups of equal level: those whose operands are ready together.
#include <algorithm>
#include <map>

#include "engine/rewrite/pack.h"
#include "engine/rewrite/stack_rules.h"

namespace ganflow {
namespace {

using Group = std::vector<ValueId>;

// Classes in program order of their first members.
std::vector<Group> classes(const StackGraph& graph, const Packer& packer) {
  std::vector<std::vector<std::pair<ValueId, int>>> signatures;  // members and their ranks
  for (ValueId id : graph.order()) {
    const Traits& traits = graph.traits(id);
    if (traits.role != Role::product || traits.row_operands == 0) continue;
    const Node& node = graph.node(id);
    bool refused = false;
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      refused |= has_operand(traits.row_operands, i) && packer.rooted(node.inputs[i]);
    if (refused) continue;
    auto found = std::find_if(signatures.begin(), signatures.end(),
                              [&](const auto& s) { return packer.same_signature(s[0].first, id); });
    if (found == signatures.end()) found = signatures.emplace(signatures.end());
    int rank = 0;
    for (const auto& [member, below] : *found)
      if (graph.depends(id, member)) rank = std::max(rank, below + 1);
    found->emplace_back(id, rank);
  }
  std::vector<Group> result;
  for (const auto& signature : signatures) {
    std::map<int, Group> by_rank;
    for (const auto& [id, rank] : signature) by_rank[rank].push_back(id);
    for (auto& [rank, members] : by_rank)
      if (members.size() > 1) result.push_back(std::move(members));
  }
  return result;
}

bool allowed(const StackGraph& graph, const Group& group, const StackOptions& options) {
  if (group.size() < 2) return false;
  return !options.guard_critical_path || graph.critical_path(group) <= graph.critical_path();
}

// The whole class, or its groups of equal level in order of level.
std::vector<Group> candidates(const StackGraph& graph, const Group& members) {
  std::map<int, Group> by_level;
  for (ValueId id : members) by_level[graph.level(id)].push_back(id);
  std::vector<Group> result{members};
  if (by_level.size() > 1)
    for (auto& [level, group] : by_level) result.push_back(std::move(group));
  return result;
}

bool pack_one(StackGraph& graph, const StackOptions& options) {
  Packer packer(graph);
  for (const Group& members : classes(graph, packer)) {
    for (Group& group : candidates(graph, members)) {
      if (!allowed(graph, group, options)) continue;
      packer.order_by_block(group);
      packer.pack(group);
      graph.refresh();
      return true;
    }
  }
  return false;
}

}  // namespace

bool stack_products(StackGraph& graph, const StackOptions& options) {
  bool changed = false;
  while (pack_one(graph, options)) changed = true;
  return changed;
}

}  // namespace ganflow
