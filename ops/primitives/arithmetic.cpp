#include "ops/primitives/arithmetic.h"

#include "ops/primitives/compare.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

struct SubFormula {
  static constexpr int kOperands = 2;
  template <class T>
  static T f(const T* x, const Attributes&) {
    return x[0] - x[1];
  }
};

struct Sub : Elementwise<SubFormula> {
  Sub() : Elementwise("sub") {}
  Value vjp(const NodeRef&, int input, Value c) const override {
    return input == 0 ? c : affine(c, -1, 0);
  }
};

struct MulFormula {
  static constexpr int kOperands = 2;
  template <class T>
  static T f(const T* x, const Attributes&) {
    return x[0] * x[1];
  }
};

struct Mul : Elementwise<MulFormula> {
  Mul() : Elementwise("mul", /*commutative=*/true, /*multilinear=*/true) {}
  Value vjp(const NodeRef& node, int input, Value c) const override {
    return apply(*this, {c, node.input(1 - input)});
  }
};

struct DivFormula {
  static constexpr int kOperands = 2;
  template <class T>
  static T f(const T* x, const Attributes&) {
    return x[0] / x[1];
  }
};

struct Div : Elementwise<DivFormula> {
  Div() : Elementwise("div") {}
  Value vjp(const NodeRef& node, int input, Value c) const override {
    const Value over = apply(*this, {c, node.input(1)});
    return input == 0 ? over : affine(over * node.output(), -1, 0);
  }
};

struct MaxFormula {
  static constexpr int kOperands = 2;
  template <class T>
  static T f(const T* x, const Attributes&) {
    return x[0] >= x[1] ? x[0] : x[1];
  }
};

struct Max : Elementwise<MaxFormula> {
  Max() : Elementwise("max") {}
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
