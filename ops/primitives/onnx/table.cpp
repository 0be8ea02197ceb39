// What the primitives of generators are in ONNX (opset 13): a row for each. Comparisons give bool,
// which select takes as the condition of Where; all else are floats.
#include <map>
#include <optional>

#include "engine/program/affine.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/conv.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/onnx/nodes.h"
#include "ops/primitives/pool.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

using Ints = std::vector<std::int64_t>;

// An operator of the same operands, spread over each other as numpy does.
void same(const OnnxCall& c, const char* op) { c.nodes.add(op, c.inputs, c.result); }

Ints axes_of(std::int64_t bits) {
  Ints axes;
  for (int axis = 0; axis < Shape::kMaxRank; ++axis)
    if (bits >> axis & 1) axes.push_back(axis);
  return axes;
}

// Extents of the result; of a batch -1: as many rows as there are.
Ints extents(const OnnxCall& c) {
  Ints all;
  const Shape& shape = c.node.shape();
  for (int axis = 0; axis < shape.rank(); ++axis) all.push_back(shape[axis]);
  if (c.batched) all[0] = -1;
  return all;
}

void full(const OnnxCall& c, const char* op) {
  c.nodes.add(op, {c.nodes.number(c.node.attributes.reals[0]), c.nodes.ints(extents(c))}, c.result);
}

void affine(const OnnxCall& c, const char*) {
  const auto [scale, shift] = c.node.attributes.reals;
  const std::string scaled = c.nodes.node("Mul", {c.inputs[0], c.nodes.number(scale)});
  c.nodes.add("Add", {scaled, c.nodes.number(shift)}, c.result);
}

void matmul(const OnnxCall& c, const char* op) {
  onnx::NodeProto& node = c.nodes.add(op, c.inputs, c.result);
  set(node, "transA", c.node.attributes.ints[0]);
  set(node, "transB", c.node.attributes.ints[1]);
}

void convolve(const OnnxCall& c, const char* op) {
  const auto& [stride, top, bottom, left, right, h, w, last] = c.node.attributes.ints;
  onnx::NodeProto& node = c.nodes.add(op, c.inputs, c.result);
  set(node, "strides", Ints{stride, stride});
  set(node, "pads", Ints{top, left, bottom, right});
}

// The image may be larger than the smallest that fits: rows and columns behind it.
void convolve_back(const OnnxCall& c, const char* op) {
  const auto& [stride, top, bottom, left, right, h, w, last] = c.node.attributes.ints;
  const Shape &y = c.types[0].shape, &k = c.types[1].shape;
  onnx::NodeProto& node = c.nodes.add(op, c.inputs, c.result);
  set(node, "strides", Ints{stride, stride});
  set(node, "pads", Ints{top, left, bottom, right});
  set(node, "output_padding",
      Ints{h - ((y[2] - 1) * stride + k[2] - top - bottom),
           w - ((y[3] - 1) * stride + k[3] - left - right)});
}

void upsample(const OnnxCall& c, const char* op) {
  const auto factor = static_cast<float>(c.node.attributes.ints[0]);
  const float factors[] = {1, 1, factor, factor};
  c.nodes.tensor(c.result + "_factors", Shape{4}, factors);
  onnx::NodeProto& node = c.nodes.add(op, {c.inputs[0], "", c.result + "_factors"}, c.result);
  set(node, "mode", "nearest");
  set(node, "coordinate_transformation_mode", "asymmetric");
  set(node, "nearest_mode", "floor");
}

void pool_sum(const OnnxCall& c, const char* op) {
  const std::int64_t factor = c.node.attributes.ints[0];
  const std::string mean = c.result + "_mean";
  onnx::NodeProto& node = c.nodes.add(op, c.inputs, mean);
  set(node, "kernel_shape", Ints{factor, factor});
  set(node, "strides", Ints{factor, factor});
  c.nodes.add("Mul", {mean, c.nodes.number(double(factor * factor))}, c.result);
}

void sum(const OnnxCall& c, const char* op) {
  const Ints axes = axes_of(c.node.attributes.ints[0]);
  if (axes.empty()) return same(c, "Identity");
  set(c.nodes.add(op, {c.inputs[0], c.nodes.ints(axes)}, c.result), "keepdims", std::int64_t{0});
}

// An extent of 1 is spread by whoever takes the result: the rows of a batch above all.
void broadcast(const OnnxCall& c, const char* op) {
  const Ints axes = axes_of(c.node.attributes.ints[0]);
  Ints to(static_cast<std::size_t>(c.node.shape().rank()), 1);
  for (const std::int64_t axis : axes)
    to[static_cast<std::size_t>(axis)] = c.node.shape()[static_cast<int>(axis)];
  const std::string x =
      axes.empty() ? c.inputs[0] : c.nodes.node("Unsqueeze", {c.inputs[0], c.nodes.ints(axes)});
  c.nodes.add(op, {x, c.nodes.ints(to)}, c.result);
}

void reshape(const OnnxCall& c, const char* op) {
  c.nodes.add(op, {c.inputs[0], c.nodes.ints(extents(c))}, c.result);
}

void permute(const OnnxCall& c, const char* op) {
  const auto& order = c.node.attributes.ints;
  set(c.nodes.add(op, c.inputs, c.result), "perm",
      Ints(order.begin(), order.begin() + c.node.shape().rank()));
}

void concat(const OnnxCall& c, const char* op) {
  set(c.nodes.add(op, c.inputs, c.result), "axis", c.node.attributes.ints[0]);
}

void slice(const OnnxCall& c, const char* op) {
  const auto& ints = c.node.attributes.ints;
  c.nodes.add(
      op, {c.inputs[0], c.nodes.ints({ints[1]}), c.nodes.ints({ints[2]}), c.nodes.ints({ints[0]})},
      c.result);
}

void pad(const OnnxCall& c, const char* op) {
  const auto& ints = c.node.attributes.ints;
  const auto rank = static_cast<std::size_t>(c.node.shape().rank());
  Ints around(2 * rank, 0);
  around[static_cast<std::size_t>(ints[0])] = ints[1];
  around[rank + static_cast<std::size_t>(ints[0])] = ints[2];
  c.nodes.add(op, {c.inputs[0], c.nodes.ints(around)}, c.result);
}

}  // namespace

std::optional<OnnxRow> onnx_row(const Primitive& primitive) {
  static const std::map<const Primitive*, OnnxRow> table{
      {&full_primitive(), {"Expand", full}},
      {&stop_primitive(), {"Identity", same}},
      {&affine_primitive(), {"", affine}},
      {&add_primitive(), {"Add", same}},
      {&sub_primitive(), {"Sub", same}},
      {&mul_primitive(), {"Mul", same}},
      {&div_primitive(), {"Div", same}},
      {&max_primitive(), {"Max", same}},
      {&exp_primitive(), {"Exp", same}},
      {&log_primitive(), {"Log", same}},
      {&sqrt_primitive(), {"Sqrt", same}},
      {&recip_primitive(), {"Reciprocal", same}},
      {&tanh_primitive(), {"Tanh", same}},
      {&sigmoid_primitive(), {"Sigmoid", same}},
      {&softplus_primitive(), {"Softplus", same}},
      {&abs_primitive(), {"Abs", same}},
      {&sign_primitive(), {"Sign", same}},
      {&floor_primitive(), {"Floor", same}},
      {&sin_primitive(), {"Sin", same}},
      {&cos_primitive(), {"Cos", same}},
      {&greater_primitive(), {"Greater", same}},
      {&greater_equal_primitive(), {"GreaterOrEqual", same}},
      {&equal_primitive(), {"Equal", same}},
      {&select_primitive(), {"Where", same}},
      {&matmul_primitive(), {"Gemm", matmul}},
      {&conv2d_primitive(), {"Conv", convolve}},
      {&conv2d_input_primitive(), {"ConvTranspose", convolve_back}},
      {&upsample_primitive(), {"Resize", upsample}},
      {&pool_sum_primitive(), {"AveragePool", pool_sum}},
      {&sum_primitive(), {"ReduceSum", sum}},
      {&broadcast_primitive(), {"Expand", broadcast}},
      {&reshape_primitive(), {"Reshape", reshape}},
      {&permute_primitive(), {"Transpose", permute}},
      {&concat_primitive(), {"Concat", concat}},
      {&slice_primitive(), {"Slice", slice}},
      {&pad_primitive(), {"Pad", pad}}};
  const auto found = table.find(&primitive);
  return found == table.end() ? std::optional<OnnxRow>() : found->second;
}

}  // namespace ganflow
