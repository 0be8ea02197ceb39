#include "engine/program/authoring.h"

#include <fmt/ranges.h>

#include "engine/error.h"

namespace ganflow {

void encode_type(const TensorType& type, Attributes& a) {
  a.ints[1] = type.shape.rank() | static_cast<std::int64_t>(type.dtype) << 8;
  for (int axis = 0; axis < Shape::kMaxRank; ++axis)
    a.ints[2 + axis] = axis < type.shape.rank() ? type.shape[axis] : 0;
}

TensorType decode_type(const Attributes& a) {
  const auto rank = static_cast<std::size_t>(a.ints[1] & 0xff);
  return {Shape(std::span<const Extent>(a.ints.data() + 2, rank)),
          static_cast<DType>(a.ints[1] >> 8)};
}

AxisSplit split_at(const Shape& shape, int axis) {
  AxisSplit split{1, shape[axis], 1};
  for (int i = 0; i < axis; ++i) split.outer *= shape[i];
  for (int i = axis + 1; i < shape.rank(); ++i) split.inner *= shape[i];
  return split;
}

void shape_error(std::string_view primitive, const std::string& rule, Types inputs) {
  std::vector<std::string> shapes;
  for (const TensorType& type : inputs) shapes.push_back(type.shape.str());
  fail(Fault::usage, "{}: {}: {}", primitive, rule, fmt::join(shapes, ", "));
}

void require_inputs(std::string_view primitive, Types inputs, int count) {
  if (static_cast<int>(inputs.size()) != count)
    shape_error(primitive, fmt::format("takes {} operands, got {}", count, inputs.size()), inputs);
}

void require_axis(std::string_view primitive, Types inputs, int axis) {
  const int rank = inputs[0].shape.rank();
  if (axis < 0 || axis >= rank)
    shape_error(primitive, fmt::format("axis {} of a tensor of rank {}", axis, rank), inputs);
}

void require_dtype(std::string_view primitive, Types inputs, int i, DType dtype) {
  static constexpr std::string_view kNames[] = {"real", "a mask", "an index"};
  const auto name = [](DType type) { return kNames[static_cast<int>(type)]; };
  if (inputs[i].dtype != dtype)
    shape_error(
        primitive,
        fmt::format("operand {} must be {}, it is {}", i, name(dtype), name(inputs[i].dtype)),
        inputs);
}

void require_equal_shapes(std::string_view primitive, Types inputs) {
  for (const TensorType& type : inputs)
    if (!(type.shape == inputs[0].shape))
      shape_error(primitive, "operands must have equal shapes", inputs);
}

}  // namespace ganflow
