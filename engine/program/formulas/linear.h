// Formulas of the primitives that the engine itself needs.
#pragma once

#include "engine/program/formulas/function.h"

namespace ganflow::formulas {

// y = reals[0] x + reals[1]
struct Affine {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A& a) {
    return static_cast<T>(a.reals[0]) * x[0] + static_cast<T>(a.reals[1]);
  }
};

struct Add {
  static constexpr int kOperands = 2;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return x[0] + x[1];
  }
};

struct Identity {
  static constexpr int kOperands = 1;
  template <class T, class A>
  GANFLOW_FUNCTION static T f(const T* x, const A&) {
    return x[0];
  }
};

}  // namespace ganflow::formulas
