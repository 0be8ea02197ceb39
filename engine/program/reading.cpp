#include "engine/program/reading.h"

#include "engine/program/core.h"
#include "engine/program/tiled.h"

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

std::vector<Source> sources(const Program& program) {
  std::vector<Source> found(program.nodes.size());
  for (ValueId id = 0; id < program.nodes.size(); ++id) {
    const Node& node = program.nodes[id];
    found[id] = {id, dense_reading(node.shape())};
    if (node.primitive == &full_primitive()) found[id].at = {};
    if (node.inputs.size() != 1) continue;
    const ValueId input = node.inputs[0];
    const auto types = input_types(program, node);
    const auto read = [&](const Source& from) {
      const auto at = node.primitive->reading(from.at, types, node.attributes);
      if (at) found[id] = {from.base, *at};
      return at.has_value();
    };
    if (!read(found[input]) && node.primitive->traits(types, node.attributes).role == Role::view)
      read({input, dense_reading(types[0].shape)});
  }
  return found;
}

std::optional<Reading> Primitive::reading(const Reading&, std::span<const TensorType>,
                                          const Attributes&) const {
  return std::nullopt;
}

double Primitive::multiply_adds(std::span<const TensorType>, const Attributes&) const { return 0; }

std::unique_ptr<const TiledProduct> Primitive::tiled(std::span<const TensorType>, const Attributes&,
                                                     Precision) const {
  return nullptr;
}

}  // namespace ganflow
