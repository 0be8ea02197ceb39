// Places that lie nowhere as a whole: where the device allows it (Target::row_blocks), readers take
// a place in blocks of rows, each from where its part lies, and nothing is copied.
#pragma once

#include <vector>

#include "engine/kernels/group.h"

namespace ganflow::kernels {

// Rows first .. end - 1 of an operand. `source` reads the whole operand's elements as if all its
// rows lay like these.
struct OperandBlock {
  Extent first = 0, end = 0;
  StoredView source;
};

// An operand whose base is a place, in blocks of rows, one for each part that it touches. None
// where a row of the operand is not read from within one row of the place, or where the elements of
// a part's row do not lie side by side.
std::vector<OperandBlock> operand_blocks(const Classified& classified, const Operand& operand);

// Every reader of the place can take it in blocks: tapes that reduce nothing, and products that
// take an epilogue, as their first operand.
bool can_lie_apart(const Classified& classified, const Fusion& fusion, ValueId place);

}  // namespace ganflow::kernels
