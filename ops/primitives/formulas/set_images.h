// Element e of a batch of images kept as bytes (ops/sources/memory_set.h).
#pragma once

#include "engine/program/formulas/function.h"
#include "engine/tensor/philox.h"

namespace ganflow::formulas {

// What becomes of a byte: a number from a table of 256, or the byte and 16 bits of noise, 24 bits
// exact in float, as a number of [0, 1) or [-1, 1).
enum class Levels : int { table, unit, symmetric };

GANFLOW_FUNCTION constexpr float dequantised(Levels levels, std::uint32_t byte,
                                             std::uint32_t noise) {
  const float bits = static_cast<float>(byte << 16 | noise);
  return levels == Levels::unit ? bits * 0x1p-24f : bits * 0x1p-23f - 1.0f;
}

// stream_id("dequantise"): the noise is another stream than the items.
constexpr std::uint32_t kDequantise = 0x29496530u;

// Eight elements of an item share a block: the noise of element j, 16 bits of it.
GANFLOW_FUNCTION constexpr long long noise_blocks(long long item) { return (item + 7) / 8; }
GANFLOW_FUNCTION constexpr PhiloxBlock noise_block(std::uint64_t seed, std::uint32_t stream,
                                                   std::uint64_t step, long long row,
                                                   long long blocks, long long block) {
  return random_block(seed, stream ^ kDequantise, step,
                      static_cast<std::uint32_t>(row * blocks + block));
}
GANFLOW_FUNCTION constexpr std::uint32_t noise_of(const PhiloxBlock& words, long long j) {
  return words[static_cast<unsigned>(j % 8 / 2)] >> (j % 2 * 16) & 0xffffu;
}

// `item` elements a row, row i of item items[i].
template <Levels levels, class T>
GANFLOW_FUNCTION T set_image(long long e, const int* items, const unsigned char* bytes,
                             const T* table, long long item, std::uint64_t seed,
                             std::uint32_t stream, std::uint64_t step) {
  const long long row = e / item, j = e % item;
  const unsigned char byte = bytes[items[row] * item + j];
  if constexpr (levels == Levels::table) {
    return table[byte];
  } else {
    const PhiloxBlock words = noise_block(seed, stream, step, row, noise_blocks(item), j / 8);
    return static_cast<T>(dequantised(levels, byte, noise_of(words, j)));
  }
}

}  // namespace ganflow::formulas
