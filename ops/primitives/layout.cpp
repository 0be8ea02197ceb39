#include "ops/primitives/layout.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "engine/error.h"
#include "engine/program/authoring.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "engine/program/views.h"
#include "ops/primitives/channels_last.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/reduce.h"
#include "ops/primitives/strided.h"

namespace ganflow {
namespace {

// op(rows lo:hi of x) = rows lo:hi of op(x) where op keeps rows apart: one op serves all slices.
std::optional<ValueId> row_slice_outward(Builder& builder, const Primitive& op, const Node& operand,
                                         const Attributes& a, bool keeps_rows) {
  if (operand.primitive != &slice_primitive() || operand.attributes.ints[0] != 0 || !keeps_rows)
    return std::nullopt;
  const Extent rows = builder.node(operand.inputs[0]).shape().rows();
  const Value whole(builder, builder(op, {operand.inputs[0]}, op.with_rows(a, rows)));
  return slice(whole, 0, operand.attributes.ints[1], operand.attributes.ints[2]).id();
}

Shape permuted(const Shape& shape, const Attributes& a) {
  Shape to = shape;
  for (int i = 0; i < shape.rank(); ++i) to[i] = shape[static_cast<int>(a.ints[i])];
  return to;
}

// permute(broadcast x) = broadcast(permute x) with the inserted axes elsewhere.
ValueId of_broadcast(Builder& builder, const Node& x, const Attributes& a) {
  Attributes to;
  std::vector<int> order;
  for (int i = 0; i < x.shape().rank(); ++i) {
    const std::int64_t axis = a.ints[i], inserted = x.attributes.ints[0];
    if (inserted >> axis & 1)
      to.ints[0] |= std::int64_t{1} << i;
    else
      order.push_back(std::popcount(static_cast<std::uint64_t>(~inserted & ((1 << axis) - 1))));
  }
  encode_type({permuted(x.shape(), a), x.type.dtype}, to);
  return builder(*x.primitive, {permute(Value(builder, x.inputs[0]), order).id()}, to);
}

Shape first_row(const Builder& builder, ValueId reshape) {
  return builder.node(builder.node(reshape).inputs[0]).shape().with_rows(1);
}

struct Reshape : Primitive {
  std::string_view name() const override { return "reshape"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const TensorType to = decode_type(a);
    if (to.shape.elements() != in[0].shape.elements() || to.dtype != in[0].dtype)
      shape_error(
          name(),
          fmt::format("{} elements cannot become {}", in[0].shape.elements(), to.shape.elements()),
          std::vector{in[0], to});
    return to;
  }
  Traits traits(Types in, const Attributes& a) const override {
    const Shape to = decode_type(a).shape;
    const bool kept = to.rank() > 0 && in[0].shape.rank() > 0 && to[0] == in[0].shape[0];
    return {.role = Role::view, .multilinear = true, .row_operands = kept ? 1u : 0u};
  }
  Attributes with_rows(const Attributes& a, Extent rows) const override {
    Attributes b = a;
    b.ints[2] = rows;
    return b;
  }
  std::optional<Reading> reading(const Reading& x, Types in, const Attributes& a) const override {
    return reshaped(in[0].shape, x, decode_type(a).shape);
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return reshape(c, node.input(0).shape());
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const Shape to = decode_type(a).shape;
    const Node x = builder.node(in[0]);
    if (x.shape() == to) return in[0];
    if (const auto c = constant_of(builder, in[0])) return full(builder, to, *c).id();
    if (x.inputs.empty()) return std::nullopt;
    const Value base(builder, x.inputs[0]);
    if (x.primitive == this) return reshape(base, to).id();
    if (x.primitive == &broadcast_primitive() && base.shape().rank() == 0)
      return broadcast_to(base, to).id();
    return row_slice_outward(builder, *this, x, a, to.rank() > 0 && to[0] == x.shape().rows());
  }
  // Reshapes that keep the rows move outward through a concat of rows.
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes& a,
                                       int) const override {
    if (&user != &concat_primitive() || a.ints[0] != 0) return std::nullopt;
    std::vector<Value> parts;
    for (const ValueId id : in) {
      const Node& x = builder.node(id);
      if (x.primitive != this) return std::nullopt;
      const Value base(builder, x.inputs[0]);
      const bool rows = base.shape().rank() > 2 && base.rows() == x.shape().rows();
      if (!rows || !(base.shape().with_rows(1) == first_row(builder, in[0]))) return std::nullopt;
      parts.push_back(base);
    }
    const Value whole = concat(parts, 0);
    return reshape(whole, builder.node(in[0]).shape().with_rows(whole.rows())).id();
  }
  // A row that becomes an image is one stored channels last, like those of the convolutions.
  std::optional<ValueId> arranged(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a, ImageOrder order) const override {
    if (order != ImageOrder::channels_last) return std::nullopt;
    const Value x(builder, in[0]);
    const Shape to = decode_type(a).shape;
    if (x.shape().rank() != 2 || to.rank() != 4 || to[0] != x.rows() || to[1] == 1 ||
        to[2] * to[3] == 1)
      return std::nullopt;
    const auto spread = spread_to_channels_last(builder, in[0], to);
    return from_channels_last(spread ? Value(builder, *spread)
                                     : flat_to_channels_last(x, to[1], to[2], to[3]))
        .id();
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      by_element<T>(call.node->type.dtype, [&](auto zero) {
        using E = decltype(zero);
        std::copy_n(static_cast<const E*>(call.inputs[0]), call.node->shape().elements(),
                    static_cast<E*>(call.output));
      });
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct Permute : Primitive {
  std::string_view name() const override { return "permute"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const int rank = in[0].shape.rank();
    std::int64_t seen = 0;
    for (int i = 0; i < rank; ++i) {
      const std::int64_t axis = a.ints[i];
      if (axis < 0 || axis >= rank || seen >> axis & 1)
        shape_error(name(), "the order must name every axis once", in);
      seen |= std::int64_t{1} << axis;
    }
    return {permuted(in[0].shape, a), in[0].dtype};
  }
  Traits traits(Types in, const Attributes& a) const override {
    const bool kept = in[0].shape.rank() > 0 && a.ints[0] == 0;
    return {.role = Role::move, .multilinear = true, .row_operands = kept ? 1u : 0u};
  }
  std::optional<Reading> reading(const Reading& x, Types in, const Attributes& a) const override {
    Reading y{x.offset, {}};
    for (int i = 0; i < in[0].shape.rank(); ++i) y.steps[i] = x.steps[a.ints[i]];
    return y;
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return apply(*this, {c}, inverse(node.attributes(), c.shape().rank()));
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const Node x = builder.node(in[0]);
    const int rank = x.shape().rank();
    bool identity = true;
    for (int i = 0; i < rank; ++i) identity = identity && a.ints[i] == i;
    if (identity) return in[0];
    if (const auto c = constant_of(builder, in[0]))
      return full(builder, permuted(x.shape(), a), *c).id();
    if (x.primitive == this) {
      Attributes chain;
      for (int i = 0; i < rank; ++i) chain.ints[i] = x.attributes.ints[a.ints[i]];
      return builder(*this, {x.inputs[0]}, chain);
    }
    if (x.primitive == &matmul_primitive()) {
      const bool ta = x.attributes.ints[0], tb = x.attributes.ints[1];
      return builder(*x.primitive, {x.inputs[1], x.inputs[0]}, {.ints = {!tb, !ta}});
    }
    if (x.primitive == &broadcast_primitive()) return of_broadcast(builder, x, a);
    return std::nullopt;
  }
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes& a,
                                       int at) const override {
    if (&user == &slice_primitive()) return of_slice(builder, in[0], a);
    const Attributes order = builder.node(in[at]).attributes;
    Attributes inside = a;
    if (&user == &concat_primitive() || &user == &pad_primitive()) {
      inside.ints[0] = order.ints[a.ints[0]];
    } else {
      std::vector<TensorType> types;
      for (ValueId id : in) types.push_back(builder.type(id));
      if (user.traits(types, a).role != Role::elementwise) return std::nullopt;
    }
    return behind(builder, user, in, inside, order);
  }
  // slice(permute x) = permute(slice x), unless the permutation moves rows.
  std::optional<ValueId> of_slice(Builder& builder, ValueId id, const Attributes& a) const {
    const Node x = builder.node(id);
    const auto axis = static_cast<int>(x.attributes.ints[a.ints[0]]);
    if ((axis == 0) != (a.ints[0] == 0)) return std::nullopt;
    const Value part = slice(Value(builder, x.inputs[0]), axis, a.ints[1], a.ints[2]);
    return builder(*this, {part.id()}, x.attributes);
  }
  // f(permute x, permute y) = permute f(x, y): permutations that keep the rows move outward through
  // elementwise operations, concats and pads; `a` are f's attributes inside. An operand that is not
  // permuted takes the inverse where that costs no more than reading it in another order, but only
  // in one of the two directions, or there would be no end.
  std::optional<ValueId> behind(Builder& builder, const Primitive& user,
                                std::span<const ValueId> in, const Attributes& a,
                                const Attributes& order) const {
    if (order.ints[0] != 0) return std::nullopt;
    const int rank = builder.node(in[0]).shape().rank();
    const Attributes back = inverse(order, rank);
    std::vector<ValueId> operands;
    for (ValueId id : in) {
      const Node& x = builder.node(id);
      if (x.primitive == this) {
        if (!(x.attributes == order)) return std::nullopt;
      } else if (!constant_of(builder, id)) {
        if (!brought_in(builder, id) || !(back.ints < order.ints)) return std::nullopt;
      }
    }
    for (ValueId id : in) operands.push_back(builder(*this, {id}, back));
    return builder(*this, {builder(user, operands, a)}, order);
  }
  // Comes from outside or from fewer elements, whatever its shape is now.
  static bool brought_in(const Builder& builder, ValueId id) {
    for (;;) {
      const Node& x = builder.node(id);
      const Role role = traits_of(builder.program(), x).role;
      if (x.primitive == &broadcast_primitive() || role == Role::leaf || role == Role::indexed)
        return true;
      if (x.inputs.size() != 1 || (role != Role::view && role != Role::move)) return false;
      id = x.inputs[0];
    }
  }
  static Attributes inverse(const Attributes& order, int rank) {
    Attributes inverse;
    for (int i = 0; i < rank; ++i) inverse.ints[order.ints[i]] = i;
    return inverse;
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Shape& to = call.node->shape();
      const Strides dense = dense_reading(call.input_types[0].shape).steps;
      Strides strides{};
      for (int i = 0; i < to.rank(); ++i) strides[i] = dense[call.node->attributes.ints[i]];
      copy_strided<T>(call, strides);
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& reshape_primitive() {
  static const Reshape primitive;
  return primitive;
}
const Primitive& permute_primitive() {
  static const Permute primitive;
  return primitive;
}

Value reshape(Value x, const Shape& shape) {
  Attributes a;
  encode_type({shape, x.type().dtype}, a);
  return apply(reshape_primitive(), {x}, a);
}

Value permute(Value x, std::span<const int> order) {
  if (static_cast<int>(order.size()) != x.shape().rank())
    fail(Fault::usage, "permute: the order has {} axes, the operand is {}", order.size(),
         x.shape().str());
  Attributes a;
  for (std::size_t i = 0; i < order.size(); ++i) a.ints[i] = order[i];
  return apply(permute_primitive(), {x}, a);
}
Value permute(Value x, std::initializer_list<int> order) {
  return permute(x, std::span<const int>(order.begin(), order.size()));
}
Value transpose(Value x) {
  if (x.shape().rank() != 2)
    fail(Fault::usage, "transpose: a matrix is needed, the operand is {}", x.shape().str());
  return permute(x, {1, 0});
}

}  // namespace ganflow
