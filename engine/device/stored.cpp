#include "engine/device/stored.h"

#include <algorithm>
#include <array>

namespace ganflow {
namespace {

// f(element of the Variable, element of what is stored), in the order of the latter.
template <class F>
void for_each_pair(const Shape& shape, const std::vector<int>& axes, F f) {
  std::array<Extent, Shape::kMaxRank> at{}, steps{};  // by axis of what is stored
  for (int i = 0; i < shape.rank(); ++i) {
    steps[i] = 1;
    for (int after = axes[i] + 1; after < shape.rank(); ++after) steps[i] *= shape[after];
  }
  Extent element = 0;
  for (Extent stored = 0; stored < shape.elements(); ++stored) {
    f(element, stored);
    for (int i = shape.rank(); i-- > 0;) {
      element += steps[i];
      if (++at[i] < shape[axes[i]]) break;
      element -= steps[i] * at[i];
      at[i] = 0;
    }
  }
}

}  // namespace

void to_stored(const Device& device, const Shape& shape, const float* variable, float* stored) {
  const std::vector<int> axes = device.stored_axes(shape);
  if (axes.empty()) {
    std::copy_n(variable, shape.elements(), stored);
    return;
  }
  for_each_pair(shape, axes, [&](Extent v, Extent s) { stored[s] = variable[v]; });
}

void from_stored(const Device& device, const Shape& shape, const float* stored, float* variable) {
  const std::vector<int> axes = device.stored_axes(shape);
  if (axes.empty()) {
    std::copy_n(stored, shape.elements(), variable);
    return;
  }
  for_each_pair(shape, axes, [&](Extent v, Extent s) { variable[v] = stored[s]; });
}

}  // namespace ganflow
