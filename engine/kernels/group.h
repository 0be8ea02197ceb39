// Kernel formation: which nodes are computed together.
//
// Kernels grow by merging along producer-consumer edges. A merge is legal if
//  - at most one product is inside, one that takes an epilogue (target.h), and no reduction beside
//    it (its tile does not hold the row);
//  - nothing inside is read by the product, or through a permutation, a strided slice or a place;
//  - elementwise members line up element by element; beside a product, or where nothing is reduced,
//    some may cover only a block of the rows;
//  - reductions inside keep the same axes, and only vectors of these are broadcast back inside;
//  - no other path leads from one to the other, and the longest chain of kernels does not grow.
// Kernels of one number merge without an edge between them.
#pragma once

#include "engine/kernels/classify.h"

namespace ganflow::kernels {

// What the reductions of a kernel keep.
enum class Mode : std::uint8_t {
  plain,    // there are none
  rows,     // axis 0
  columns,  // the axes from `split` on
  all,      // nothing
};

enum class Level : std::uint8_t { element, kept };

struct Member {
  ValueId id = 0;
  Level level = Level::element;
  Extent row = 0;  // of the domain: where the member's row 0 lies
  // Elements of stage s see kept values of stage s; sums over them are kept values of stage s + 1.
  int stage = 0;
};

struct FusedKernel {
  enum class Kind : std::uint8_t { tape, product, single } kind = Kind::tape;
  Mode mode = Mode::plain;
  Shape domain;                 // of the element level
  int split = 0;                // columns: the first kept axis
  std::vector<Member> members;  // in program order
  std::vector<ValueId> stores;  // members that somebody else reads
  int level = 1;                // 1 + the largest level of the kernels it reads

  ValueId product(const Classified& classified) const;
  Extent kept() const;  // elements of a kept value
  Extent rows() const { return domain.rows(); }
  Extent row_elements() const { return domain.row_elements(); }
};

struct Fusion {
  std::vector<FusedKernel> kernels;  // in a valid order
  std::vector<int> kernel_of;        // by node; -1: not computed
  int depth = 0;
};

Fusion form_kernels(const Classified& classified, bool fuse);

// Where the domain's element (row, ..) or kept element 0 reads `operand` as a member's operand.
// `shape` is the operand's; absent: steps cannot express it under the kernel's domain.
std::optional<Reading> in_domain(const FusedKernel& kernel, const Shape& shape,
                                 const Reading& reading, Level level);

}  // namespace ganflow::kernels
