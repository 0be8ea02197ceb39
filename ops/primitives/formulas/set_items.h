// Which items of a set stand in a batch (ops/sources/permutation.h): integers, the same everywhere.
#pragma once

#include "engine/program/formulas/function.h"
#include "engine/tensor/philox.h"

namespace ganflow::formulas {

// A keyed bijection of 0 .. n-1, n from 1 to 2^48: a Feistel network over the smallest power of two
// >= n, whose halves have so many bits.
struct Bijection {
  std::uint64_t n;
  int high, low;
};

// The value that `value` becomes in one pass through the network, which may be n or more.
GANFLOW_FUNCTION constexpr std::uint64_t walk(const Bijection& b, std::uint64_t seed,
                                              std::uint32_t stream, std::uint64_t epoch,
                                              std::uint64_t value) {
  constexpr int kRounds = 6;     // even, so that halves of unequal width are back in place
  constexpr int kHalfBits = 24;  // of a Philox block number; the rest counts rounds
  std::uint64_t left = value >> b.low, right = value & ((1ull << b.low) - 1);
  int left_bits = b.high, right_bits = b.low;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint32_t block =
        static_cast<std::uint32_t>(round) << kHalfBits | static_cast<std::uint32_t>(right);
    const std::uint64_t word = random_block(seed, stream, epoch, block)[0];
    const std::uint64_t mixed = left ^ (word & ((1ull << left_bits) - 1));
    left = right;
    right = mixed;
    const int bits = left_bits;
    left_bits = right_bits;
    right_bits = bits;
  }
  return left << b.low | right;
}

GANFLOW_FUNCTION constexpr std::uint64_t permuted(const Bijection& b, std::uint64_t seed,
                                                  std::uint32_t stream, std::uint64_t epoch,
                                                  std::uint64_t i) {
  do i = walk(b, seed, stream, epoch, i);
  while (i >= b.n);
  return i;
}

// The upper 64 bits of a product, n below 2^48.
GANFLOW_FUNCTION constexpr std::uint64_t scaled(std::uint64_t word, std::uint64_t n) {
  const std::uint64_t low = word & 0xffffffffu, high = word >> 32;
  const std::uint64_t n_low = n & 0xffffffffu, n_high = n >> 32;
  const std::uint64_t middle = ((low * n_low) >> 32) + high * n_low;
  return high * n_high + (middle >> 32) + (((middle & 0xffffffffu) + low * n_high) >> 32);
}

enum class Visit : int {
  epochs,       // every epoch another permutation, its last partial batch dropped
  replacement,  // every place an independent uniform draw
  in_order,     // item (step batch + i) mod n
};

struct SetOrder {
  Bijection items;
  Visit visit;
};

// The item at place i of a batch.
GANFLOW_FUNCTION constexpr std::uint64_t set_item(const SetOrder& order, std::uint64_t seed,
                                                  std::uint32_t stream, std::uint64_t step,
                                                  long long batch, long long i) {
  const std::uint64_t n = order.items.n, size = static_cast<std::uint64_t>(batch);
  const std::uint64_t place = static_cast<std::uint64_t>(i);
  if (order.visit == Visit::in_order) return (step * size + place) % n;
  if (order.visit == Visit::replacement) {
    const PhiloxBlock words = random_block(seed, stream, step, static_cast<std::uint32_t>(i));
    return scaled(static_cast<std::uint64_t>(words[0]) << 32 | words[1], n);
  }
  const std::uint64_t batches = n / size;  // of an epoch
  return permuted(order.items, seed, stream, step / batches, step % batches * size + place);
}

}  // namespace ganflow::formulas
