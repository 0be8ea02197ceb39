// What a row says of a tap that is a vector.
#pragma once

#include <array>
#include <span>

namespace ganflow {

// Quantiles kTapQuantiles, linear between the two nearest values as numpy does by default; NaN if
// any value is. `scratch` has as many elements as `values`.
std::array<float, 3> quantiles(std::span<const float> values, std::span<float> scratch);

}  // namespace ganflow
