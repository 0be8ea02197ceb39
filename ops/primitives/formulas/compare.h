// Formulas of the comparisons and of select (ops/primitives/compare.h).
#pragma once

#include "engine/program/formulas/function.h"

namespace ganflow::formulas {

struct Greater {
  static constexpr int kOperands = 2;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return pick(x[0] > x[1], T(1), T(0));
  }
};

struct GreaterEqual {
  static constexpr int kOperands = 2;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return pick(x[0] >= x[1], T(1), T(0));
  }
};

struct Equal {
  static constexpr int kOperands = 2;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return pick(x[0] == x[1], T(1), T(0));
  }
};

struct Select {
  static constexpr int kOperands = 3;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return pick(x[0] != T(0), x[1], x[2]);
  }
};

}  // namespace ganflow::formulas
