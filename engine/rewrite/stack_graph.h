// The program while stack() works on it: nodes are only added, a replaced node forwards to its
// replacement, and side tables (order, ancestors, users, levels) are recomputed by refresh().
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/program/builder.h"

namespace ganflow {

class StackGraph {
 public:
  explicit StackGraph(const Program& program);

  // Live nodes, operands first, otherwise in program order. As of the last refresh(), like all
  // that follows.
  std::span<const ValueId> order() const { return order_; }
  const Node& node(ValueId id) const { return builder_.node(id); }
  const Traits& traits(ValueId id) const { return traits_[id]; }
  std::span<const ValueId> users(ValueId id) const { return users_[id]; }
  int uses(ValueId id) const { return uses_[id]; }  // operands and results that read it
  bool depends(ValueId user, ValueId on) const;     // also indirectly; false for itself

  // Products and reductions on the longest chain that ends in the node.
  int level(ValueId id) const { return levels_[id]; }
  // Of the whole program, with the nodes of `group` done in one operation.
  int critical_path(std::span<const ValueId> group = {}) const;

  // New nodes see local rules and are not in the tables before refresh().
  ValueId make(const Primitive& primitive, std::span<const ValueId> inputs,
               const Attributes& attributes);
  ValueId slice_rows(ValueId id, Extent lo, Extent hi);
  ValueId concat_rows(std::span<const ValueId> parts);
  void replace(ValueId id, ValueId by) { forward_.at(id) = by; }
  ValueId now(ValueId id) const;  // the node that stands for it after replacements
  Builder& builder() { return builder_; }
  void set_origin(std::span<const ValueId> made_from);  // of the nodes made next

  void refresh();
  Program program() const;  // after a refresh(); not yet simplified

 private:
  void visit(ValueId id);
  std::vector<int> levels(std::span<const ValueId> group) const;

  Builder builder_;
  std::vector<ValueId> forward_;
  std::vector<Traits> traits_;
  std::vector<ValueId> order_;
  std::vector<std::uint32_t> position_;
  std::vector<std::vector<ValueId>> users_;
  std::vector<int> uses_, levels_;
  std::size_t words_ = 0;
  std::vector<std::uint64_t> ancestors_;  // bit position(a) of row position(n): n depends on a
};

}  // namespace ganflow
