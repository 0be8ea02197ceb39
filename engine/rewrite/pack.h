// Packing: k equal operations on k blocks of rows as one operation on all of them.
//
// "Row" is axis 0. A node is row-local in the operands of Traits::row_operands; two nodes have the
// same signature if they are one primitive with equal attributes up to row counts, equal row
// shapes, and the same other operands (a product's weight is part of its signature).
#pragma once

#include <map>
#include <span>
#include <vector>

#include "engine/rewrite/stack_graph.h"

namespace ganflow {

class Packer {
 public:
  explicit Packer(StackGraph& graph) : graph_(graph) {}

  bool row_local(ValueId id) const { return graph_.traits(id).row_operands != 0; }
  bool same_signature(ValueId a, ValueId b) const;

  // The values side by side cost nothing: adjacent rows of one base, constants, repetitions of one
  // source, or equal row-local operations (no products) on free operands.
  bool free(std::span<const ValueId> parts);

  // Replaces the parts, in this order, by one operation on their concatenated row operands; each
  // part becomes a slice of it. Returns it.
  ValueId pack(std::span<const ValueId> parts);

  // True for values that cannot lie in the arena beside others: variables have their own storage
  // and would be copied at every step.
  bool rooted(ValueId id) const;

  // A value as rows of a base, and where it starts there.
  struct Block {
    ValueId base;
    Extent lo, hi;
  };
  Block block(ValueId id) const;
  bool adjacent(ValueId a, ValueId b) const;  // b's rows follow a's in one base

  // In every base that the rows of both follow from, b's lie behind a's; and there is one.
  bool successive(ValueId a, ValueId b) const;

  // Sorts by the place in the nearest stacked base that all share: reached upward through row-local
  // operations, else through the other operands of the users. Of several values with
  // one place the last keeps it (a formula's own pass follows those of the penalties inside it),
  // the others come behind all places, values without a place at the end.
  void order_by_block(std::vector<ValueId>& parts) const;

 private:
  // The rows of bases that a value's rows follow from, nearest first; bases() looks at the users'
  // other operands too.
  const std::vector<Block>& bases_above(ValueId id) const;
  std::vector<Block> bases(ValueId id) const;
  bool constant(ValueId id) const;
  bool repeated(std::span<const ValueId> parts) const;
  // Operands of every part, commutative ones lined up with the first part's.
  std::vector<std::vector<ValueId>> columns(std::span<const ValueId> parts);
  ValueId join(std::span<const ValueId> parts);

  StackGraph& graph_;
  std::map<std::vector<ValueId>, bool> free_;
  mutable std::map<ValueId, std::vector<Block>> bases_;
};

}  // namespace ganflow
