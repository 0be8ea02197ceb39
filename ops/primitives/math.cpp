#include "ops/primitives/math.h"

#include <cmath>

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/formulas/float_math.h"

namespace ganflow {
namespace {

// Each function: its value at a number, and c * df/dx in primitives, from operand x and result y.
// An absent derivative is zero.
struct Exp {
  template <class T>
  static T at(T x) {
    return exp_of(x);
  }
  static Value derivative(Value c, Value, Value y) { return c * y; }
};
struct Log {
  template <class T>
  static T at(T x) {
    return log_of(x);
  }
  static Value derivative(Value c, Value x, Value) { return c / x; }
};
struct Sqrt {
  template <class T>
  static T at(T x) {
    return std::sqrt(x);
  }
  static Value derivative(Value c, Value, Value y) { return c * (0.5 * recip(y)); }
};
struct Recip {
  template <class T>
  static T at(T x) {
    return T(1) / x;
  }
  static Value derivative(Value c, Value, Value y) { return -(c * square(y)); }
};
struct Tanh {
  template <class T>
  static T at(T x) {
    return tanh_of(x);
  }
  static Value derivative(Value c, Value, Value y) { return c * (1.0 - square(y)); }
};
struct Sigmoid {
  template <class T>
  static T at(T x) {
    return T(1) / (T(1) + exp_of(-x));
  }
  static Value derivative(Value c, Value, Value y) { return c * (y * (1.0 - y)); }
};
struct Softplus {
  template <class T>
  static T at(T x) {
    return (x > T(0) ? x : T(0)) + log1p_of(exp_of(-std::abs(x)));
  }
  static Value derivative(Value c, Value x, Value) { return c * sigmoid(x); }
};
struct Abs {
  template <class T>
  static T at(T x) {
    return std::abs(x);
  }
  static Value derivative(Value c, Value x, Value) { return c * sign(x); }
};
struct Sign {
  template <class T>
  static T at(T x) {
    return T(x > T(0)) - T(x < T(0));
  }
  static Value derivative(Value, Value, Value) { return {}; }
};
struct Floor {
  template <class T>
  static T at(T x) {
    return std::floor(x);
  }
  static Value derivative(Value, Value, Value) { return {}; }
};
struct Sin {
  template <class T>
  static T at(T x) {
    return std::sin(x);
  }
  static Value derivative(Value c, Value x, Value) { return c * cos(x); }
};
struct Cos {
  template <class T>
  static T at(T x) {
    return std::cos(x);
  }
  static Value derivative(Value c, Value x, Value) { return -(c * sin(x)); }
};

template <class F>
struct UnaryFormula {
  static constexpr int kOperands = 1;
  template <class T>
  static T f(const T* x, const Attributes&) {
    return F::at(x[0]);
  }
};

template <class F>
struct Unary : Elementwise<UnaryFormula<F>> {
  using Elementwise<UnaryFormula<F>>::Elementwise;
  Value vjp(const NodeRef& node, int, Value c) const override {
    return F::derivative(c, node.input(0), node.output());
  }
};

}  // namespace

const Primitive& exp_primitive() {
  static const Unary<Exp> primitive("exp");
  return primitive;
}
const Primitive& log_primitive() {
  static const Unary<Log> primitive("log");
  return primitive;
}
const Primitive& sqrt_primitive() {
  static const Unary<Sqrt> primitive("sqrt");
  return primitive;
}
const Primitive& recip_primitive() {
  static const Unary<Recip> primitive("recip");
  return primitive;
}
const Primitive& tanh_primitive() {
  static const Unary<Tanh> primitive("tanh");
  return primitive;
}
const Primitive& sigmoid_primitive() {
  static const Unary<Sigmoid> primitive("sigmoid");
  return primitive;
}
const Primitive& softplus_primitive() {
  static const Unary<Softplus> primitive("softplus");
  return primitive;
}
const Primitive& abs_primitive() {
  static const Unary<Abs> primitive("abs");
  return primitive;
}
const Primitive& sign_primitive() {
  static const Unary<Sign> primitive("sign");
  return primitive;
}
const Primitive& floor_primitive() {
  static const Unary<Floor> primitive("floor");
  return primitive;
}
const Primitive& sin_primitive() {
  static const Unary<Sin> primitive("sin");
  return primitive;
}
const Primitive& cos_primitive() {
  static const Unary<Cos> primitive("cos");
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
