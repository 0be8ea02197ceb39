#include "ops/sources/permutation.h"

#include <bit>
#include <utility>

#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

// Even, so that halves of unequal width are back in place at the end.
constexpr int kRounds = 6;
constexpr int kHalfBits = 24;  // of a Philox block number; the rest counts rounds

__extension__ using Wide = unsigned __int128;

std::uint64_t batches_per_epoch(Extent batch, std::uint64_t n) {
  return n / static_cast<std::uint64_t>(batch);
}

}  // namespace

Permutation::Permutation(std::uint64_t seed, std::uint32_t stream, std::uint64_t epoch,
                         std::uint64_t n)
    : seed_(seed), epoch_(epoch), n_(n), stream_(stream) {
  const int bits = std::bit_width(n - 1);
  bits_ = {bits / 2, bits - bits / 2};
}

std::uint64_t Permutation::walk(std::uint64_t value) const {
  const auto [high, low] = bits_;
  std::uint64_t left = value >> low, right = value & ((1ull << low) - 1);
  int left_bits = high, right_bits = low;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint32_t block =
        static_cast<std::uint32_t>(round) << kHalfBits | static_cast<std::uint32_t>(right);
    const std::uint64_t word = random_block(seed_, stream_, epoch_, block)[0];
    const std::uint64_t mixed = left ^ (word & ((1ull << left_bits) - 1));
    left = right;
    right = mixed;
    std::swap(left_bits, right_bits);
  }
  return left << low | right;
}

std::uint64_t Permutation::operator()(std::uint64_t i) const {
  do i = walk(i);
  while (i >= n_);
  return i;
}

EpochOrder::EpochOrder(const Draw& draw, Extent batch, std::uint64_t n, bool with_replacement)
    : draw_(draw),
      n_(n),
      first_(with_replacement ? 0 : draw.step % batches_per_epoch(batch, n) * batch),
      with_replacement_(with_replacement),
      epoch_(draw.seed, draw.stream, with_replacement ? 0 : draw.step / batches_per_epoch(batch, n),
             n) {}

std::uint64_t EpochOrder::item(Extent i) const {
  if (!with_replacement_) return epoch_(first_ + static_cast<std::uint64_t>(i));
  const PhiloxBlock words =
      random_block(draw_.seed, draw_.stream, draw_.step, static_cast<std::uint32_t>(i));
  const std::uint64_t word = std::uint64_t{words[0]} << 32 | words[1];
  return static_cast<std::uint64_t>((Wide{word} * n_) >> 64);
}

}  // namespace ganflow
