#include "engine/run/quantiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/graph/lowered.h"

namespace ganflow {

std::array<float, 3> quantiles(std::span<const float> values, std::span<float> scratch) {
  std::array<float, 3> result;
  result.fill(std::numeric_limits<float>::quiet_NaN());
  if (std::any_of(values.begin(), values.end(), [](float v) { return std::isnan(v); })) {
    return result;
  }
  std::copy(values.begin(), values.end(), scratch.begin());
  const auto end = scratch.begin() + static_cast<std::ptrdiff_t>(values.size());
  auto sorted = scratch.begin();  // everything before it is in its place
  for (std::size_t q = 0; q < kTapQuantiles.size(); ++q) {
    const double position = kTapQuantiles[q] * static_cast<double>(values.size() - 1);
    const auto below = scratch.begin() + static_cast<std::ptrdiff_t>(position);
    std::nth_element(sorted, below, end);
    sorted = below;
    const double part = position - std::floor(position);
    // An infinite neighbour with weight 0 must not turn the result into NaN.
    const double above = part > 0 ? *std::min_element(below + 1, end) : *below;
    result[q] = static_cast<float>(part > 0 ? *below * (1 - part) + above * part : *below);
  }
  return result;
}

}  // namespace ganflow
