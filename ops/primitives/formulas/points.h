// Point i of the toy data sets, in the coordinates of the data
// (ops/sources/{gaussian1d,gaussians2d, swiss_roll}.h).
#pragma once

#include <cmath>
#include <numbers>

#include "engine/program/formulas/function.h"
#include "engine/tensor/philox.h"

namespace ganflow::formulas {

struct Point {
  double x[2];
};

// An equal mixture of `count` Gaussians in one or two axes, numbers: the std, then the modes.
GANFLOW_FUNCTION inline Point mixture_point(long long i, const double* numbers, std::uint64_t count,
                                            int axes, std::uint64_t seed, std::uint32_t stream,
                                            std::uint64_t step) {
  PhiloxBlock words = random_block(seed, stream, step, static_cast<std::uint32_t>(i));
  const auto noise = normal_pair(words[0], words[1]);
  const double* mode = numbers + 1 + ((words[2] * count) >> 32) * static_cast<std::uint64_t>(axes);
  Point point{};
  for (int axis = 0; axis < axes; ++axis)
    point.x[axis] = mode[axis] + numbers[0] * noise[static_cast<unsigned>(axis)];
  return point;
}

// (t cos t, t sin t) / 7.5, t = 1.5 pi (1 + 2 u).
constexpr double kSwissRollScale = 7.5;
GANFLOW_FUNCTION inline Point swiss_roll_curve(double u) {
  const double t = 1.5 * std::numbers::pi * (1 + 2 * u);
  return {{t * std::cos(t) / kSwissRollScale, t * std::sin(t) / kSwissRollScale}};
}
// With noise of that std on each axis.
GANFLOW_FUNCTION inline Point swiss_roll_point(long long i, double std, std::uint64_t seed,
                                               std::uint32_t stream, std::uint64_t step) {
  PhiloxBlock words = random_block(seed, stream, step, static_cast<std::uint32_t>(i));
  const auto noise = normal_pair(words[0], words[1]);
  Point point = swiss_roll_curve(uniform01(words[2]));
  for (int axis = 0; axis < 2; ++axis)
    point.x[axis] = point.x[axis] + std * noise[static_cast<unsigned>(axis)];
  return point;
}

}  // namespace ganflow::formulas
