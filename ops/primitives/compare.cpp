#include "ops/primitives/compare.h"

#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/formulas/compare.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

constexpr std::string_view kHeader = "ops/primitives/formulas/compare.h";

struct Select : Elementwise<formulas::Select> {
  Select() : Elementwise("select", kHeader) {}
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name(), in, 3);
    require_equal_shapes(name(), in);
    require_dtype(name(), in, 0, DType::mask);
    require_dtype(name(), in, 1, DType::real);
    require_dtype(name(), in, 2, DType::real);
    return in[1];
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    if (in[1] == in[2]) return in[1];
    for (int i = 1; i < 3; ++i) {
      const Node& branch = builder.node(in[i]);  // under the same mask its other side is not seen
      if (branch.primitive != this || branch.inputs[0] != in[0]) continue;
      const ValueId kept = branch.inputs[i];
      return i == 1 ? builder(*this, {in[0], kept, in[2]}) : builder(*this, {in[0], in[1], kept});
    }
    return std::nullopt;
  }
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes& a,
                                       int) const override {
    const auto zero = [&](ValueId id) { return constant_of(builder, id) == 0.0; };
    const Node x = builder.node(in[0]);
    if (x.primitive != this) return std::nullopt;
    if (&user == &affine_primitive() && a.reals[1] == 0 && (zero(x.inputs[1]) || zero(x.inputs[2])))
      return builder(
          *this, {x.inputs[0], builder(user, {x.inputs[1]}, a), builder(user, {x.inputs[2]}, a)});
    if (&user != &add_primitive()) return std::nullopt;
    const Node y = builder.node(in[1]);
    if (y.primitive != this || y.inputs[0] != x.inputs[0]) return std::nullopt;
    if (zero(x.inputs[2]) && zero(y.inputs[1]))
      return builder(*this, {x.inputs[0], x.inputs[1], y.inputs[2]});
    if (zero(x.inputs[1]) && zero(y.inputs[2]))
      return builder(*this, {x.inputs[0], y.inputs[1], x.inputs[2]});
    return std::nullopt;
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    if (input == 0) return {};
    const Value zero = full_like(c, 0);
    return input == 1 ? apply(*this, {node.input(0), c, zero})
                      : apply(*this, {node.input(0), zero, c});
  }
};

Value binary(const Primitive& primitive, Value x, Value y) {
  align(primitive.name(), x, y);
  return apply(primitive, {x, y});
}

}  // namespace

const Primitive& greater_primitive() {
  static const Elementwise<formulas::Greater, DType::mask> primitive("greater", kHeader);
  return primitive;
}
const Primitive& greater_equal_primitive() {
  static const Elementwise<formulas::GreaterEqual, DType::mask> primitive("greater_equal", kHeader);
  return primitive;
}
const Primitive& equal_primitive() {
  static const Elementwise<formulas::Equal, DType::mask> primitive("equal", kHeader,
                                                                   /*commutative=*/true);
  return primitive;
}
const Primitive& select_primitive() {
  static const Select primitive;
  return primitive;
}

Value greater(Value x, Value y) { return binary(greater_primitive(), x, y); }
Value greater(Value x, double b) { return greater(x, full_like(x, b)); }
Value greater_equal(Value x, Value y) { return binary(greater_equal_primitive(), x, y); }
Value greater_equal(Value x, double b) { return greater_equal(x, full_like(x, b)); }
Value equal(Value x, Value y) { return binary(equal_primitive(), x, y); }
Value equal(Value x, double b) { return equal(x, full_like(x, b)); }

Value select(Value mask, Value x, Value y) {
  return apply(select_primitive(),
               {mask, broadcast_to(x, mask.shape()), broadcast_to(y, mask.shape())});
}
Value select(Value mask, Value x, double b) { return select(mask, x, full_like(mask, b)); }
Value select(Value mask, double a, Value y) { return select(mask, full_like(mask, a), y); }
Value select(Value mask, double a, double b) { return select(mask, full_like(mask, a), b); }
Value positive(Value x) { return select(greater(x, 0), x, 0.0); }

}  // namespace ganflow
