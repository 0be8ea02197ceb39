// Where stored values lie in the arena: coalescing with offsets, then packing.
//
// A leaf is a tensor that one kernel or copy writes. It consists of pieces (blocks of elements that
// have the same readers), each alive from its definition to its last use. Classes are buffers;
// members lie at fixed offsets in them. Two classes may become one at a given offset if no two
// pieces overlap in address while both are alive: one of them is done, all its uses are, before the
// other is written, by the order that the device keeps. One piece may take the place of another in
// the kernel that reads the one for the last time and writes the other, if both are walked element
// by element in step.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/kernels/order.h"
#include "engine/kernels/traversal.h"

namespace ganflow::kernels {

struct Use {
  Time time = 0;
  Extent lo = 0, hi = 0;  // elements
  Traversal traversal;
};

struct Leaf {
  std::size_t element_bytes = 4;
  Extent elements = 0;
  Time defined = 0;
  Traversal traversal;  // of the kernel that writes it
  std::vector<Use> uses;
};

struct Piece {
  Extent lo, hi;
  Time defined;
  std::vector<Use> last;  // the uses that are before no other
};

std::vector<Piece> pieces_of(const Leaf& leaf, const Order& order);

// Buffers made of leaves (by index) and places (names for offsets, without contents).
class Buffers {
 public:
  // `interference` false makes every merge succeed: for tests of the tests.
  explicit Buffers(const Order& order = {}, bool interference = true)
      : order_(order), interference_(interference) {}

  void set_leaf(int item, const Leaf& leaf);  // creates or replaces it
  void set_place(int item);
  bool known(int item) const {
    return item < static_cast<int>(at_.size()) && at_[item].buffer >= 0;
  }

  // Puts b's buffer into a's so that b lies `offset` bytes behind a. False: they stay apart.
  bool join(int a, int b, std::ptrdiff_t offset);

  // Byte offsets of all items in an arena, buffers at multiples of `alignment`; returns its size.
  std::size_t pack(std::vector<std::size_t>& offsets, std::size_t alignment) const;

 private:
  struct At {
    int buffer = -1;
    std::ptrdiff_t offset = 0;
  };
  struct Contents {
    std::size_t element_bytes = 0;  // 0: a place
    Extent elements = 0;
    Traversal traversal;
    std::vector<Piece> pieces;
  };
  void add(int item);
  bool clash(int a, int b, std::ptrdiff_t a_shift) const;

  Order order_;
  bool interference_;
  std::vector<At> at_;
  std::vector<Contents> contents_;
  std::vector<std::vector<int>> members_;  // by buffer
};

}  // namespace ganflow::kernels
