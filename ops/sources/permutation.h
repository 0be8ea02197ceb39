// The order in which a data set is visited: a function, never a list, so it costs no memory, needs
// no saving and gives any item of any step at once.
#pragma once

#include <cstdint>

#include "engine/graph/host.h"
#include "ops/primitives/formulas/set_items.h"

namespace ganflow {

// A keyed bijection of 0 .. n-1: a Feistel network over the smallest power of two >= n whose round
// functions are Philox words of (seed, stream, epoch), walked until the value falls below n.
// n from 1 to 2^48.
formulas::Bijection bijection(std::uint64_t n);

// Which item of a set of n stands at place i of a batch: formulas::set_item(). Without replacement
// every epoch is another permutation of all n items cut into n / batch batches; the items of the
// last partial batch sit this epoch out. With replacement every place is an independent uniform
// draw. 1 <= batch <= n in epochs.
formulas::SetOrder set_order(std::uint64_t n, formulas::Visit visit);

inline std::uint64_t item_of(const formulas::SetOrder& order, const Draw& draw, Extent batch,
                             Extent i) {
  return formulas::set_item(order, draw.seed, draw.stream, draw.step, batch, i);
}

}  // namespace ganflow
