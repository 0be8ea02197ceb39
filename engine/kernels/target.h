// What planning has to know of the device that will run a program: plain data and predicates. No
// kernel exists while one plans.
#pragma once

#include <cstddef>
#include <functional>

#include "engine/program/primitive.h"

namespace ganflow::kernels {

struct Target {
  // Of one operation: its primitive, the types of its operands, its attributes.
  using Predicate = bool (*)(const Primitive& primitive, Types inputs, const Attributes& a);

  // A product that the device has a kernel of its own for; others run by their reference.
  Predicate is_product = nullptr;
  // Products whose result is worked on elementwise before it is stored.
  Predicate takes_epilogue = nullptr;
  // Of images, in its convolutions.
  ImageOrder images = ImageOrder::channels_last;
  // Bytes that every buffer's address is a multiple of; a power of two.
  std::size_t alignment = 64;
  // Stacking leaves the longest chain of products and reductions as it is: right where kernels run
  // side by side.
  bool guard_critical_path = true;
  // Launches run side by side as far as the data lets them: sharing memory must not order two that
  // the data leaves free. False: they run one after another.
  bool side_by_side = false;
  // Blocks of rows, each with a place of its own, that the first operand of a product that takes an
  // epilogue may consist of. More than 1: tapes take operands in blocks, too, in any number.
  int row_blocks = 1;
  // Bytes of memory that the kernel of a product writes and reads while it runs, beside operands
  // and result; a place in the arena. Absent: none does.
  std::function<std::size_t(const Primitive& primitive, Types inputs, const Attributes& a)>
      workspace;
};

}  // namespace ganflow::kernels
