// Formulas of the functions of one number (ops/primitives/math.h).
#pragma once

#include <cmath>

#include "engine/program/formulas/function.h"
#include "ops/primitives/formulas/float_math.h"

namespace ganflow::formulas {

struct Exp {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return exp_of(x[0]);
  }
};

struct Log {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return log_of(x[0]);
  }
};

struct Sqrt {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return sqrt_of(x[0]);
  }
};

struct Recip {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return T(1) / x[0];
  }
};

struct Tanh {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return tanh_of(x[0]);
  }
};

struct Sigmoid {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return T(1) / (T(1) + exp_of(-x[0]));
  }
};

struct Softplus {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return pick(x[0] > T(0), x[0], T(0)) + log1p_of(exp_of(-abs_of(x[0])));
  }
};

struct Abs {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return abs_of(x[0]);
  }
};

struct Sign {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return T(x[0] > T(0)) - T(x[0] < T(0));
  }
};

struct Floor {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return floor_of(x[0]);
  }
};

struct Sin {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return std::sin(x[0]);
  }
};

struct Cos {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return std::cos(x[0]);
  }
};

}  // namespace ganflow::formulas
