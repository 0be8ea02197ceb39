// What references store of a large tensor: its Euclidean norm and 64 sums of its elements with
// random signs (tests/references/philox.py draws the same).
#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "engine/tensor/philox.h"

namespace ganflow::test {

struct TensorSummary {
  double norm;
  std::array<double, 64> sums;
};

// The worst of the norm's and the sums' errors, in units of the norm.
inline double summary_error(const std::vector<double>& tensor, const TensorSummary& reference,
                            std::uint64_t seed) {
  double square = 0;
  for (double v : tensor) square += v * v;
  double worst = std::abs(std::sqrt(square) - reference.norm);
  for (std::uint32_t p = 0; p < reference.sums.size(); ++p) {
    double total = 0;
    for (std::size_t i = 0; i < tensor.size(); i += 4) {
      const PhiloxBlock words = random_block(seed, 1000 + p, 0, static_cast<std::uint32_t>(i / 4));
      for (std::size_t j = 0; j < 4 && i + j < tensor.size(); ++j)
        total += random_sign(words[j]) * tensor[i + j];
    }
    worst = std::max(worst, std::abs(total - reference.sums[p]));
  }
  return std::isfinite(worst) ? worst / reference.norm : INFINITY;
}

}  // namespace ganflow::test
