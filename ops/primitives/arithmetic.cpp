#include "ops/primitives/arithmetic.h"

#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/formulas/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

constexpr std::string_view kHeader = "ops/primitives/formulas/arithmetic.h";

// x = scale * base without offset: a factor that may leave a product.
bool scaled(const AffineOf& x, ValueId id) { return x.base != id && x.offset == 0; }

struct Sub : Elementwise<formulas::Sub> {
  Sub() : Elementwise("sub", kHeader) {}
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    const Value x(builder, in[0]), y(builder, in[1]);
    if (const auto c = constant_of(builder, in[1])) return affine(x, 1, -*c).id();
    if (const auto c = constant_of(builder, in[0])) return affine(y, -1, *c).id();
    const AffineOf a = affine_of(builder, in[0]), b = affine_of(builder, in[1]);
    if (a.base == b.base)
      return affine(Value(builder, a.base), a.scale - b.scale, a.offset - b.offset).id();
    if (scaled(b, in[1]) && b.scale == -1) return add(x, Value(builder, b.base)).id();
    if (scaled(a, in[0]) && a.scale == -1)
      return affine(add(Value(builder, a.base), y), -1, 0).id();
    return std::nullopt;
  }
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes& a,
                                       int) const override {
    if (&user != &affine_primitive() || a.reals != std::array{-1.0, 0.0}) return std::nullopt;
    const Node self = builder.node(in[0]);
    return builder(*this, {self.inputs[1], self.inputs[0]});
  }
  Traits traits(Types in, const Attributes& a) const override {
    Traits traits = Elementwise::traits(in, a);
    traits.weights = {1, -1};
    return traits;
  }
  Value vjp(const NodeRef&, int input, Value c) const override {
    return input == 0 ? c : affine(c, -1, 0);
  }
};

struct Mul : Elementwise<formulas::Mul> {
  Mul() : Elementwise("mul", kHeader, /*commutative=*/true, /*multilinear=*/true) {}
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    for (int i = 0; i < 2; ++i) {
      const Value other(builder, in[1 - i]);
      if (const auto c = constant_of(builder, in[i])) return affine(other, *c, 0).id();
      const AffineOf x = affine_of(builder, in[i]);
      if (scaled(x, in[i]))
        return affine(apply(*this, {Value(builder, x.base), other}), x.scale, 0).id();
    }
    return std::nullopt;
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    return apply(*this, {c, node.input(1 - input)});
  }
};

struct Div : Elementwise<formulas::Div> {
  Div() : Elementwise("div", kHeader) {}
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    const Value x(builder, in[0]), y(builder, in[1]);
    if (const auto c = constant_of(builder, in[0])) return affine(recip(y), *c, 0).id();
    if (const auto c = constant_of(builder, in[1]))
      return *c == 0 ? std::nullopt : std::optional(affine(x, 1 / *c, 0).id());
    const AffineOf a = affine_of(builder, in[0]), b = affine_of(builder, in[1]);
    if (scaled(a, in[0])) return affine(apply(*this, {Value(builder, a.base), y}), a.scale, 0).id();
    if (scaled(b, in[1]))
      return affine(apply(*this, {x, Value(builder, b.base)}), 1 / b.scale, 0).id();
    return std::nullopt;
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    const Value over = apply(*this, {c, node.input(1)});
    return input == 0 ? over : affine(over * node.output(), -1, 0);
  }
};

struct Max : Elementwise<formulas::Max> {
  Max() : Elementwise("max", kHeader) {}
  std::optional<ValueId> simplify(Builder&, std::span<const ValueId> in,
                                  const Attributes&) const override {
    return in[0] == in[1] ? std::optional(in[0]) : std::nullopt;
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    const Value first = greater_equal(node.input(0), node.input(1));
    const Value zero = full_like(c, 0);
    return input == 0 ? select(first, c, zero) : select(first, zero, c);
  }
};

Value binary(const Primitive& primitive, Value x, Value y) {
  align(primitive.name(), x, y);
  return apply(primitive, {x, y});
}

}  // namespace

const Primitive& sub_primitive() {
  static const Sub primitive;
  return primitive;
}
const Primitive& mul_primitive() {
  static const Mul primitive;
  return primitive;
}
const Primitive& div_primitive() {
  static const Div primitive;
  return primitive;
}
const Primitive& max_primitive() {
  static const Max primitive;
  return primitive;
}

Value operator+(Value x, Value y) { return binary(add_primitive(), x, y); }
Value operator-(Value x, Value y) { return binary(sub_primitive(), x, y); }
Value operator*(Value x, Value y) { return binary(mul_primitive(), x, y); }
Value operator/(Value x, Value y) { return binary(div_primitive(), x, y); }
Value operator+(Value x, double b) { return affine(x, 1, b); }
Value operator+(double b, Value x) { return affine(x, 1, b); }
Value operator-(Value x, double b) { return affine(x, 1, -b); }
Value operator-(double b, Value x) { return affine(x, -1, b); }
Value operator*(Value x, double a) { return affine(x, a, 0); }
Value operator*(double a, Value x) { return affine(x, a, 0); }
Value operator/(Value x, double a) { return affine(x, 1 / a, 0); }
Value operator/(double a, Value x) { return affine(recip(x), a, 0); }
Value operator-(Value x) { return affine(x, -1, 0); }
Value square(Value x) { return apply(mul_primitive(), {x, x}); }
Value max(Value x, Value y) { return binary(max_primitive(), x, y); }
Value max(Value x, double b) { return apply(max_primitive(), {x, full_like(x, b)}); }

}  // namespace ganflow
