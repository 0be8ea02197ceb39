#include "engine/program/views.h"

namespace ganflow {
namespace {

// Extents other than 1 with their steps; neighbours that lie behind one another are one.
struct Run {
  Extent extent, step;
};
std::vector<Run> runs(const Shape& shape, const Reading& reading) {
  std::vector<Run> made;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const Run next{shape[axis], reading.steps[static_cast<std::size_t>(axis)]};
    if (next.extent == 1) continue;
    if (!made.empty() && made.back().step == next.step * next.extent)
      made.back() = {made.back().extent * next.extent, next.step};
    else
      made.push_back(next);
  }
  return made;
}

}  // namespace

Reading dense_reading(const Shape& shape) {
  Reading reading;
  Extent step = 1;
  for (int axis = shape.rank(); axis-- > 0; step *= shape[axis])
    reading.steps[static_cast<std::size_t>(axis)] = step;
  return reading;
}

bool is_dense(const Shape& shape, const Reading& reading) {
  if (shape.elements() <= 1) return true;
  const auto made = runs(shape, reading);
  return made.size() == 1 && made[0].step == 1;
}

std::optional<Reading> reshaped(const Shape& from, const Reading& reading, const Shape& to) {
  if (from == to) return reading;
  if (to.elements() <= 1) return Reading{reading.offset, {}};
  // From the last axis on, every axis of `to` has to fit into what is left of one run.
  std::vector<Run> left = runs(from, reading);
  Reading result{reading.offset, {}};
  for (int axis = to.rank(); axis-- > 0;) {
    if (to[axis] == 1) continue;
    while (!left.empty() && left.back().extent == 1) left.pop_back();
    if (left.empty() || left.back().extent % to[axis] != 0) return std::nullopt;
    result.steps[static_cast<std::size_t>(axis)] = left.back().step;
    left.back() = {left.back().extent / to[axis], left.back().step * to[axis]};
  }
  return result;
}

}  // namespace ganflow
