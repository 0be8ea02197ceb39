// Philox4x32-10 (Salmon et al., SC'11, "Parallel random numbers: as easy as 1, 2, 3"): every random
// number of a run is a pure function of (seed, stream, step, element), so nothing has to be saved.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace ganflow {

using PhiloxBlock = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

// The ten rounds of the Random123 reference.
constexpr PhiloxBlock philox(PhiloxBlock counter, PhiloxKey key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ull * counter[0];
    const std::uint64_t p1 = 0xCD9E8D57ull * counter[2];
    counter = {
        static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
        static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p0)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

// 32-bit FNV-1a of a stream's name ("G/0/w", "noise", "penalty.alpha").
constexpr std::uint32_t stream_id(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
  return hash;
}

// Four words for elements 4 block .. 4 block + 3 of `stream` at `step`. Blocks below 2^32,
// steps below 2^64.
constexpr PhiloxBlock random_block(std::uint64_t seed, std::uint32_t stream, std::uint64_t step,
                                   std::uint32_t block) {
  return philox(
      {block, static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32), stream},
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

constexpr std::uint32_t random_word(std::uint64_t seed, std::uint32_t stream, std::uint64_t step,
                                    std::uint64_t element) {
  return random_block(seed, stream, step, static_cast<std::uint32_t>(element / 4))[element % 4];
}

// Uniform in the open interval (0, 1): 2^23 midpoints, the same number in float and in double.
constexpr double uniform01(std::uint32_t word) { return ((word >> 9) + 0.5) * 0x1p-23; }

// -1 or 1, by the highest bit.
constexpr double random_sign(std::uint32_t word) { return word >> 31 ? -1.0 : 1.0; }

// Box-Muller: words (2 i, 2 i + 1) of a block give the two normals of elements 2 i, 2 i + 1.
inline std::array<double, 2> normal_pair(std::uint32_t a, std::uint32_t b) {
  const double radius = std::sqrt(-2 * std::log(uniform01(a)));
  const double angle = 2 * std::numbers::pi * uniform01(b);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace ganflow
