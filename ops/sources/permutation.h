// The order in which a data set is visited: a function, never a list, so it costs no memory, needs
// no saving and gives any item of any step at once.
#pragma once

#include <array>
#include <cstdint>

#include "engine/graph/host.h"

namespace ganflow {

// A keyed bijection of 0 .. n-1: a Feistel network over the smallest power of two >= n whose round
// functions are Philox words of (seed, stream, epoch), walked until the value falls below n.
// n from 1 to 2^48.
class Permutation {
 public:
  Permutation(std::uint64_t seed, std::uint32_t stream, std::uint64_t epoch, std::uint64_t n);
  std::uint64_t operator()(std::uint64_t i) const;  // i < n

 private:
  std::uint64_t walk(std::uint64_t value) const;

  std::uint64_t seed_, epoch_, n_;
  std::uint32_t stream_;
  std::array<int, 2> bits_;  // of the two halves
};

// Which item of a set of n stands at place i of a batch. Without replacement every epoch is another
// permutation of all n items cut into n / batch batches; the items of the last partial batch sit
// this epoch out. With replacement every place is an independent uniform draw.
class EpochOrder {
 public:
  // 1 <= batch <= n unless with_replacement.
  EpochOrder(const Draw& draw, Extent batch, std::uint64_t n, bool with_replacement);
  std::uint64_t item(Extent i) const;  // 0 <= i < batch

 private:
  Draw draw_;
  std::uint64_t n_, first_;
  bool with_replacement_;
  Permutation epoch_;
};

}  // namespace ganflow
