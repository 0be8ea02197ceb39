// Formulas of the arithmetic of two numbers (ops/primitives/arithmetic.h).
#pragma once

#include "engine/program/formulas/function.h"

namespace ganflow::formulas {

struct Sub {
  static constexpr int kOperands = 2;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return x[0] - x[1];
  }
};

struct Mul {
  static constexpr int kOperands = 2;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return x[0] * x[1];
  }
};

struct Div {
  static constexpr int kOperands = 2;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return x[0] / x[1];
  }
};

struct Max {
  static constexpr int kOperands = 2;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return pick(x[0] >= x[1], x[0], x[1]);
  }
};

}  // namespace ganflow::formulas
