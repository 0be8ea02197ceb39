#include "ops/primitives/broadcast.h"

#include <bit>
#include <vector>

#include "engine/error.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/primitives/axes.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

struct Broadcast : Primitive {
  std::string_view name() const override { return "broadcast"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const TensorType to = decode_type(a);
    if (!(axes_of(to.shape, a.ints[0], false) == in[0].shape) || to.dtype != in[0].dtype)
      shape_error(name(), "the result without the inserted axes must have the operand's shape",
                  std::vector{in[0], to});
    return to;
  }
  Traits traits(Types in, const Attributes& a) const override {
    const bool kept = in[0].shape.rank() > 0 && !has(a.ints[0], 0);
    return {.role = Role::move,
            .multilinear = true,
            .row_operands = kept ? 1u : 0u,
            .equal_rows = has(a.ints[0], 0)};
  }
  Attributes with_rows(const Attributes& a, Extent rows) const override {
    Attributes b = a;
    b.ints[2] = rows;
    return b;
  }
  std::optional<Reading> reading(const Reading& x, Types, const Attributes& a) const override {
    Reading y{x.offset, {}};
    const int rank = decode_type(a).shape.rank();
    for (int axis = 0, i = 0; axis < rank; ++axis)
      if (!has(a.ints[0], axis)) y.steps[axis] = x.steps[i++];
    return y;
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return sum_axes(c, node.attributes().ints[0]);
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const std::int64_t mask = a.ints[0];
    const Shape to = decode_type(a).shape;
    const Node x = builder.node(in[0]);
    if (const auto c = constant_of(builder, in[0])) return full(builder, to, *c).id();
    if (elements_of(to, mask) == 1) return reshape(Value(builder, in[0]), to).id();
    if (x.inputs.empty()) return std::nullopt;
    const Value base(builder, x.inputs[0]);
    const auto& ints = x.attributes.ints;
    if (x.primitive == this) return broadcast_axes(base, mask | spread(ints[0], mask), to).id();
    if (x.primitive == &slice_primitive() && ints[0] == 0 && !has(mask, 0))
      return slice(broadcast_axes(base, mask, to.with_rows(base.rows())), 0, ints[1], ints[2]).id();
    return std::nullopt;
  }
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes& a,
                                       int) const override {
    if (&user == &slice_primitive()) return slice_inward(builder, in[0], a);
    if (&user == &concat_primitive()) return join_neighbours(builder, in, a);
    std::vector<TensorType> types;
    for (ValueId id : in) types.push_back(builder.type(id));
    if (user.traits(types, a).role == Role::elementwise) return before(builder, user, in, a);
    return std::nullopt;
  }
  // f(broadcast x, broadcast y) = broadcast f(x, y), for the inserted axes that all operands share.
  std::optional<ValueId> before(Builder& builder, const Primitive& user,
                                std::span<const ValueId> in, const Attributes& a) const {
    std::int64_t shared = -1;
    for (ValueId id : in) {
      const Node& x = builder.node(id);
      if (x.primitive == this)
        shared &= x.attributes.ints[0];
      else if (!constant_of(builder, id))
        return std::nullopt;
    }
    if (shared == 0) return std::nullopt;
    const Shape outer = builder.node(in[0]).shape(), inner = axes_of(outer, shared, false);
    std::vector<ValueId> operands;
    for (ValueId id : in) {
      const Node x = builder.node(id);
      if (const auto c = constant_of(builder, id)) {
        operands.push_back(full(builder, inner, *c).id());
      } else {
        const Value base(builder, x.inputs[0]);
        const std::int64_t rest = without(x.attributes.ints[0], shared);
        operands.push_back(broadcast_axes(base, rest, inner).id());
      }
    }
    return broadcast_axes(Value(builder, builder(user, operands, a)), shared, outer).id();
  }
  // Along an inserted axis a slice is a smaller broadcast; inner axes are sliced before.
  std::optional<ValueId> slice_inward(Builder& builder, ValueId id, const Attributes& a) const {
    const Node x = builder.node(id);
    const auto axis = static_cast<int>(a.ints[0]);
    const std::int64_t mask = x.attributes.ints[0];
    const Value base(builder, x.inputs[0]);
    Shape to = x.shape();
    to[axis] = a.ints[2] - a.ints[1];
    if (has(mask, axis)) return broadcast_axes(base, mask, to).id();
    if (axis == 0) return std::nullopt;
    const auto from = axis - std::popcount(static_cast<std::uint64_t>(mask & ((1 << axis) - 1)));
    return broadcast_axes(slice(base, from, a.ints[1], a.ints[2]), mask, to).id();
  }
  // Neighbours in a concat that repeat one tensor along its axis are one broadcast.
  std::optional<ValueId> join_neighbours(Builder& builder, std::span<const ValueId> in,
                                         const Attributes& a) const {
    const auto axis = static_cast<int>(a.ints[0]);
    std::vector<Value> parts;
    for (ValueId id : in) {
      const Node x = builder.node(id);
      const Node last = parts.empty() ? Node{} : parts.back().node();
      if (x.primitive == this && last.primitive == this && x.inputs == last.inputs &&
          x.attributes.ints[0] == last.attributes.ints[0] && has(x.attributes.ints[0], axis)) {
        Shape to = x.shape();
        to[axis] += last.shape()[axis];
        parts.back() = broadcast_axes(Value(builder, x.inputs[0]), x.attributes.ints[0], to);
      } else {
        parts.push_back(Value(builder, id));
      }
    }
    if (parts.size() == in.size()) return std::nullopt;
    return concat(parts, axis).id();
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Shape& to = call.node->shape();
      const std::int64_t mask = call.node->attributes.ints[0];
      const Strides dense = dense_reading(call.input_types[0].shape).steps;
      Strides strides{};
      for (int axis = 0, i = 0; axis < to.rank(); ++axis)
        if (!has(mask, axis)) strides[axis] = dense[i++];
      copy_strided<T>(call, strides);
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

bool trailing(const Shape& part, const Shape& whole) {
  if (part.rank() > whole.rank()) return false;
  for (int i = 1; i <= part.rank(); ++i)
    if (part[part.rank() - i] != whole[whole.rank() - i]) return false;
  return true;
}

}  // namespace

const Primitive& broadcast_primitive() {
  static const Broadcast primitive;
  return primitive;
}

Value broadcast_axes(Value x, std::int64_t mask, const Shape& to) {
  if (mask == 0) return x;
  Attributes a;
  a.ints[0] = mask;
  encode_type({to, x.type().dtype}, a);
  return apply(broadcast_primitive(), {x}, a);
}

Value broadcast(Value x, std::initializer_list<int> axes, std::initializer_list<Extent> sizes) {
  if (axes.size() != sizes.size())
    fail(Fault::usage, "broadcast: {} axes are inserted but {} sizes given", axes.size(),
         sizes.size());
  const int rank = x.shape().rank() + static_cast<int>(axes.size());
  std::vector<Extent> extents(rank, -1);
  std::int64_t mask = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const int axis = axes.begin()[i];
    if (axis < 0 || axis >= rank || has(mask, axis))
      fail(Fault::usage, "broadcast: axis {} cannot be inserted, the result has axes 0..{}", axis,
           rank - 1);
    mask |= std::int64_t{1} << axis;
    extents[axis] = sizes.begin()[i];
  }
  for (int axis = 0, i = 0; axis < rank; ++axis)
    if (!has(mask, axis)) extents[axis] = x.shape()[i++];
  return broadcast_axes(x, mask, Shape(extents));
}

Value broadcast_rows(Value x, Value like) {
  if (x.shape().rank() != 1 || like.shape().rank() == 0 || x.rows() != like.rows())
    fail(Fault::usage, "broadcast_rows: one number per row is needed: {} to the rows of {}",
         x.shape().str(), like.shape().str());
  const std::int64_t mask = (std::int64_t{1} << like.shape().rank()) - 2;
  return broadcast_axes(x, mask, like.shape());
}

Value broadcast_to(Value x, const Shape& to) {
  if (x.shape() == to) return x;
  if (!trailing(x.shape(), to))
    fail(Fault::usage, "broadcast_to: {} is not a trailing part of {}", x.shape().str(), to.str());
  return broadcast_axes(x, (std::int64_t{1} << (to.rank() - x.shape().rank())) - 1, to);
}

void align(std::string_view operation, Value& x, Value& y) {
  if (trailing(x.shape(), y.shape())) {
    x = broadcast_to(x, y.shape());
  } else if (trailing(y.shape(), x.shape())) {
    y = broadcast_to(y, x.shape());
  } else {
    fail(Fault::usage,
         "{}: shapes must be equal or one a trailing part of the other: {} and {} (a number per "
         "row needs broadcast_rows)",
         operation, x.shape().str(), y.shape().str());
  }
}

}  // namespace ganflow
