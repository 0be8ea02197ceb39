// Element e of a random tensor (ops/primitives/random.h).
#pragma once

#include "engine/program/formulas/function.h"
#include "engine/tensor/philox.h"

namespace ganflow::formulas {

// kind: 0 uniform, 1 normal, 2 sign
template <int kind>
GANFLOW_FUNCTION float random(long long e, std::uint64_t seed, std::uint32_t stream,
                              std::uint64_t step) {
  const PhiloxBlock words = random_block(seed, stream, step, static_cast<std::uint32_t>(e / 4));
  if constexpr (kind == 1) {
    const int pair = static_cast<int>(e % 4 / 2 * 2);
    return static_cast<float>(normal_pair(words[pair], words[pair + 1])[e % 2]);
  } else {
    const std::uint32_t word = words[e % 4];
    return static_cast<float>(kind == 0 ? uniform01(word) : random_sign(word));
  }
}

}  // namespace ganflow::formulas
