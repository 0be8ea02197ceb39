#include "engine/program/concat.h"

#include <algorithm>
#include <tuple>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/authoring.h"
#include "engine/program/block_sum.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

// Two neighbouring parts of a concat as one: ranges of one tensor, equal constants.
std::optional<ValueId> join(Builder& builder, ValueId first, ValueId second, int axis) {
  const Node a = builder.node(first), b = builder.node(second);
  const auto &p = a.attributes.ints, &q = b.attributes.ints;
  if (a.primitive == &slice_primitive() && b.primitive == a.primitive && a.inputs == b.inputs &&
      p[0] == axis && q[0] == axis && p[2] == q[1])
    return slice(Value(builder, a.inputs[0]), axis, p[1], q[2]).id();
  const auto c = constant_of(builder, first);
  if (!c || constant_of(builder, second) != c) return std::nullopt;
  Shape shape = a.shape();
  shape[axis] += b.shape()[axis];
  return full(builder, shape, *c).id();
}

template <class T>
void copy_block(T* to, Extent to_stride, const T* from, Extent from_stride, Extent rows, Extent n) {
  for (Extent i = 0; i < rows; ++i) std::copy_n(from + i * from_stride, n, to + i * to_stride);
}

struct Concat : Primitive {
  std::string_view name() const override { return "concat"; }
  TensorType type(Types in, const Attributes& a) const override {
    const int axis = static_cast<int>(a.ints[0]);
    if (in.empty()) shape_error(name(), "takes at least one operand", in);
    require_axis(name(), in, axis);
    TensorType type = in[0];
    type.shape[axis] = 0;
    for (const TensorType& t : in) {
      if (t.shape.rank() != type.shape.rank() ||
          !(t.shape.without(axis) == type.shape.without(axis)))
        shape_error(name(), fmt::format("extents may differ along axis {} only", axis), in);
      if (t.dtype != type.dtype) shape_error(name(), "operands of different element types", in);
      type.shape[axis] += t.shape[axis];
    }
    return type;
  }
  Traits traits(Types in, const Attributes& a) const override {
    const bool rows = a.ints[0] > 0 && in.size() < 32;  // as many operands as the mask has bits
    return {.role = Role::move, .row_operands = rows ? first_operands(in.size()) : 0};
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    const int axis = static_cast<int>(node.attributes().ints[0]);
    Extent lo = 0;
    for (int i = 0; i < input; ++i) lo += node.input(i).shape()[axis];
    return slice(c, axis, lo, lo + node.input(input).shape()[axis]);
  }
  Value jvp(const NodeRef& node, int input, Value tangent) const override {
    const int axis = static_cast<int>(node.attributes().ints[0]);
    Extent lo = 0;
    for (int i = 0; i < input; ++i) lo += node.input(i).shape()[axis];
    return pad(tangent, axis, lo, node.output().shape()[axis] - lo - tangent.shape()[axis]);
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const int axis = static_cast<int>(a.ints[0]);
    std::vector<ValueId> parts;
    for (ValueId id : in) {
      const Node& node = builder.node(id);
      if (node.primitive == this && node.attributes.ints[0] == axis)
        parts.insert(parts.end(), node.inputs.begin(), node.inputs.end());
      else if (node.shape()[axis] > 0 || in.size() == 1)
        parts.push_back(id);
    }
    std::vector<Value> joined;
    for (ValueId id : parts) {
      const auto one = joined.empty() ? std::nullopt : join(builder, joined.back().id(), id, axis);
      if (one) joined.back() = Value(builder, *one);
      if (!one) joined.push_back(Value(builder, id));
    }
    if (joined.size() == 1) return joined[0].id();
    if (joined.empty() || joined.size() == in.size()) return std::nullopt;
    return concat(joined, axis).id();
  }
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes&,
                                       int) const override {
    return &user == &add_primitive() ? sum_of_blocks(builder, in) : std::nullopt;
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const int axis = static_cast<int>(call.node->attributes.ints[0]);
      const AxisSplit to = split_at(call.node->shape(), axis);
      Extent offset = 0;
      for (std::size_t i = 0; i < call.input_types.size(); ++i) {
        const Extent n = call.input_types[i].shape[axis] * to.inner;
        by_element<T>(call.node->type.dtype, [&](auto zero) {
          using E = decltype(zero);
          copy_block(result<E>(call) + offset, to.extent * to.inner, operand<E>(call, i), n,
                     to.outer, n);
        });
        offset += n;
      }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct Slice : Primitive {
  std::string_view name() const override { return "slice"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const auto axis = static_cast<int>(a.ints[0]);
    require_axis(name(), in, axis);
    if (a.ints[1] < 0 || a.ints[1] > a.ints[2] || a.ints[2] > in[0].shape[axis])
      shape_error(name(), fmt::format("range {}:{} of axis {}", a.ints[1], a.ints[2], axis), in);
    TensorType type = in[0];
    type.shape[axis] = a.ints[2] - a.ints[1];
    return type;
  }
  Traits traits(Types, const Attributes& a) const override {
    return a.ints[0] == 0 ? Traits{.role = Role::view, .multilinear = true}
                          : Traits{.role = Role::move, .multilinear = true, .row_operands = 1};
  }
  std::optional<Reading> reading(const Reading& x, Types, const Attributes& a) const override {
    Reading y = x;
    y.offset += a.ints[1] * x.steps[static_cast<std::size_t>(a.ints[0])];
    return y;
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    const auto& ints = node.attributes().ints;
    const int axis = static_cast<int>(ints[0]);
    return pad(c, axis, ints[1], node.input(0).shape()[axis] - ints[2]);
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const int axis = static_cast<int>(a.ints[0]);
    const Extent lo = a.ints[1], hi = a.ints[2];
    const Node x = builder.node(in[0]);
    if (hi - lo == x.shape()[axis]) return in[0];
    if (const auto c = constant_of(builder, in[0])) {
      Shape shape = x.shape();
      shape[axis] = hi - lo;
      return full(builder, shape, *c).id();
    }
    const int inner = static_cast<int>(x.attributes.ints[0]);  // axis of a slice, concat or pad
    const auto operand = [&](std::size_t i) { return Value(builder, x.inputs[i]); };
    if (x.primitive == this && inner == axis)
      return slice(operand(0), axis, x.attributes.ints[1] + lo, x.attributes.ints[1] + hi).id();
    if (x.primitive == &concat_primitive() && inner == axis) {
      std::vector<Value> parts;
      Extent at = 0;
      for (std::size_t i = 0; i < x.inputs.size(); ++i) {
        const Extent n = operand(i).shape()[axis];
        if (std::max(lo, at) < std::min(hi, at + n))
          parts.push_back(
              slice(operand(i), axis, std::max(lo - at, Extent{0}), std::min(hi - at, n)));
        at += n;
      }
      if (parts.empty()) return std::nullopt;
      return concat(parts, axis).id();
    }
    if (x.primitive == &pad_primitive() && inner == axis) {
      const Extent before = x.attributes.ints[1], n = operand(0).shape()[axis];
      const Extent from = std::max(lo, before), to = std::min(hi, before + n);
      if (from >= to) return pad(slice(operand(0), axis, 0, 0), axis, 0, hi - lo).id();
      return pad(slice(operand(0), axis, from - before, to - before), axis, from - lo, hi - to)
          .id();
    }
    if (axis <= inner) return std::nullopt;  // row slices stay outside, inner slices move in
    if (x.primitive == this || x.primitive == &pad_primitive())
      return builder(*x.primitive, {slice(operand(0), axis, lo, hi).id()}, x.attributes);
    if (x.primitive == &concat_primitive()) {
      std::vector<Value> parts;
      for (std::size_t i = 0; i < x.inputs.size(); ++i)
        parts.push_back(slice(operand(i), axis, lo, hi));
      return concat(parts, inner).id();
    }
    return std::nullopt;
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const auto& ints = call.node->attributes.ints;
      const AxisSplit from = split_at(call.input_types[0].shape, static_cast<int>(ints[0]));
      const Extent n = (ints[2] - ints[1]) * from.inner, lo = ints[1] * from.inner;
      by_element<T>(call.node->type.dtype, [&](auto zero) {
        using E = decltype(zero);
        copy_block(result<E>(call), n, operand<E>(call, 0) + lo, from.extent * from.inner,
                   from.outer, n);
      });
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct Pad : Primitive {
  std::string_view name() const override { return "pad"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    require_dtype(name(), in, 0, DType::real);
    const auto axis = static_cast<int>(a.ints[0]);
    require_axis(name(), in, axis);
    if (a.ints[1] < 0 || a.ints[2] < 0)
      shape_error(name(), fmt::format("{} before and {} after", a.ints[1], a.ints[2]), in);
    TensorType type = in[0];
    type.shape[axis] += a.ints[1] + a.ints[2];
    return type;
  }
  Traits traits(Types, const Attributes& a) const override {
    return {.role = Role::move, .multilinear = true, .row_operands = a.ints[0] ? 1u : 0u};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    const auto& ints = node.attributes().ints;
    const int axis = static_cast<int>(ints[0]);
    return slice(c, axis, ints[1], ints[1] + node.input(0).shape()[axis]);
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const auto [axis, before, after] =
        std::tuple(static_cast<int>(a.ints[0]), a.ints[1], a.ints[2]);
    if (before == 0 && after == 0) return in[0];
    const Node x = builder.node(in[0]);
    Shape shape = x.shape();
    shape[axis] += before + after;
    if (constant_of(builder, in[0]) == 0.0 || x.shape().elements() == 0)
      return full(builder, shape, 0).id();
    if (x.primitive != this) return std::nullopt;
    const Value base(builder, x.inputs[0]);
    const auto& inner = x.attributes.ints;
    if (inner[0] == axis) return pad(base, axis, before + inner[1], inner[2] + after).id();
    if (inner[0] > axis) return std::nullopt;
    return pad(pad(base, axis, before, after), static_cast<int>(inner[0]), inner[1], inner[2]).id();
  }
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes& a,
                                       int) const override {
    if (&user == &add_primitive()) return sum_of_blocks(builder, in);
    if (&user != &affine_primitive() || a.reals[1] != 0) return std::nullopt;
    const Node x = builder.node(in[0]);
    return builder(*this, {affine(Value(builder, x.inputs[0]), a.reals[0], 0).id()}, x.attributes);
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const auto& ints = call.node->attributes.ints;
      const AxisSplit to = split_at(call.node->shape(), static_cast<int>(ints[0]));
      std::fill_n(result<T>(call), call.node->shape().elements(), T(0));
      const Extent n = call.input_types[0].shape[static_cast<int>(ints[0])] * to.inner;
      copy_block(result<T>(call) + ints[1] * to.inner, to.extent * to.inner, operand<T>(call, 0), n,
                 to.outer, n);
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& concat_primitive() {
  static const Concat primitive;
  return primitive;
}
const Primitive& slice_primitive() {
  static const Slice primitive;
  return primitive;
}
const Primitive& pad_primitive() {
  static const Pad primitive;
  return primitive;
}

Value concat(std::span<const Value> parts, int axis) {
  return apply(concat_primitive(), parts, {.ints = {axis}});
}
Value slice(Value x, int axis, Extent lo, Extent hi) {
  return apply(slice_primitive(), {x}, {.ints = {axis, lo, hi}});
}
Value pad(Value x, int axis, Extent before, Extent after) {
  return apply(pad_primitive(), {x}, {.ints = {axis, before, after}});
}

}  // namespace ganflow
