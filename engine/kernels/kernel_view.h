// A kernel as its tape sees it: which members are read when, and how the tensors that they read and
// write are walked with the domain.
#pragma once

#include "engine/kernels/domain.h"
#include "engine/kernels/tape.h"

namespace ganflow::kernels {

// The outer rows of a stream over these outer axes lie behind one another.
bool is_packed(const Stream& stream, const std::vector<Extent>& outer);

// What it is made of must outlive it.
class KernelView {
 public:
  KernelView(const Classified& classified, const FusedKernel& kernel, const Plan& plan,
             Precision precision);
  const Domain& domain() const { return domain_; }

  const Member* member(ValueId id) const;  // null: another kernel's, or none's
  bool is_sum(const Member& m) const { return classified_.part[m.id] == Part::reduction; }
  bool is_product(const Member& m) const { return classified_.part[m.id] == Part::product; }
  bool stored(ValueId id) const;
  bool is_apart(const Operand& operand) const {  // read in blocks of rows
    return plan_.apart.count(operand.source.base);
  }
  Operand in_block(const Operand& operand, Extent row) const;  // as that row of it is read
  Extent rows_of(const Member& m) const;                       // of the domain
  // Where a member's operands are read: sums belong to the stage behind their elements.
  int read_stage(const Member& m) const { return m.stage - (is_sum(m) ? 1 : 0); }
  Level read_level(const Member& m) const { return is_sum(m) ? Level::element : m.level; }

  // Something is written over what is read: results wait until the whole tile has been read.
  bool shares_memory() const;

  // How an operand from outside is walked by the elements of the domain.
  Reading element_reading(const Operand& operand) const;
  // Its stream for a member whose row 0 is the domain's row `row`; as kept values; as one number.
  Stream read(const Operand& operand, Extent row) const;
  Stream read_kept(const Operand& operand) const;
  Stream read_number(const Operand& operand) const;
  Stream written(const Member& m) const;

 private:
  Stream walked(ValueId id, const Reading& reading, Extent row) const;

  const Classified& classified_;
  const FusedKernel& kernel_;
  const Plan& plan_;
  Precision precision_;
  Domain domain_;
};

}  // namespace ganflow::kernels
