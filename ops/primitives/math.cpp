#include "ops/primitives/math.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/formulas/math.h"

namespace ganflow {
namespace {

constexpr std::string_view kHeader = "ops/primitives/formulas/math.h";

// c df/dx in primitives, from operand x and result y; an absent one is zero.
using Derivative = Value (*)(Value c, Value x, Value y);

template <class F>
struct Unary : Elementwise<F> {
  Unary(std::string_view name, Derivative derivative)
      : Elementwise<F>(name, kHeader), derivative_(derivative) {}
  Value vjp(const NodeRef& node, int, Value c) const override {
    return derivative_(c, node.input(0), node.output());
  }

 private:
  Derivative derivative_;
};

}  // namespace

const Primitive& exp_primitive() {
  static const Unary<formulas::Exp> primitive("exp", [](Value c, Value, Value y) { return c * y; });
  return primitive;
}
const Primitive& log_primitive() {
  static const Unary<formulas::Log> primitive("log", [](Value c, Value x, Value) { return c / x; });
  return primitive;
}
const Primitive& sqrt_primitive() {
  static const Unary<formulas::Sqrt> primitive(
      "sqrt", [](Value c, Value, Value y) { return c * (0.5 * recip(y)); });
  return primitive;
}
const Primitive& recip_primitive() {
  static const Unary<formulas::Recip> primitive(
      "recip", [](Value c, Value, Value y) { return -(c * square(y)); });
  return primitive;
}
const Primitive& tanh_primitive() {
  static const Unary<formulas::Tanh> primitive(
      "tanh", [](Value c, Value, Value y) { return c * (1.0 - square(y)); });
  return primitive;
}
const Primitive& sigmoid_primitive() {
  static const Unary<formulas::Sigmoid> primitive(
      "sigmoid", [](Value c, Value, Value y) { return c * (y * (1.0 - y)); });
  return primitive;
}
const Primitive& softplus_primitive() {
  static const Unary<formulas::Softplus> primitive(
      "softplus", [](Value c, Value x, Value) { return c * sigmoid(x); });
  return primitive;
}
const Primitive& abs_primitive() {
  static const Unary<formulas::Abs> primitive("abs",
                                              [](Value c, Value x, Value) { return c * sign(x); });
  return primitive;
}
const Primitive& sign_primitive() {
  static const Unary<formulas::Sign> primitive("sign", [](Value, Value, Value) { return Value(); });
  return primitive;
}
const Primitive& floor_primitive() {
  static const Unary<formulas::Floor> primitive("floor",
                                                [](Value, Value, Value) { return Value(); });
  return primitive;
}
const Primitive& sin_primitive() {
  static const Unary<formulas::Sin> primitive("sin",
                                              [](Value c, Value x, Value) { return c * cos(x); });
  return primitive;
}
const Primitive& cos_primitive() {
  static const Unary<formulas::Cos> primitive(
      "cos", [](Value c, Value x, Value) { return -(c * sin(x)); });
  return primitive;
}

Value exp(Value x) { return apply(exp_primitive(), {x}); }
Value log(Value x) { return apply(log_primitive(), {x}); }
Value sqrt(Value x) { return apply(sqrt_primitive(), {x}); }
Value recip(Value x) { return apply(recip_primitive(), {x}); }
Value tanh(Value x) { return apply(tanh_primitive(), {x}); }
Value sigmoid(Value x) { return apply(sigmoid_primitive(), {x}); }
Value softplus(Value x) { return apply(softplus_primitive(), {x}); }
Value abs(Value x) { return apply(abs_primitive(), {x}); }
Value sign(Value x) { return apply(sign_primitive(), {x}); }
Value floor(Value x) { return apply(floor_primitive(), {x}); }
Value sin(Value x) { return apply(sin_primitive(), {x}); }
Value cos(Value x) { return apply(cos_primitive(), {x}); }

}  // namespace ganflow
