// Vectorised loops over scalar formulas, for the best instruction set of the machine that runs
// them.
#pragma once

#include "engine/cpu/isa.h"
#include "engine/cpu/lanes.h"
#include "engine/program/primitive.h"

namespace ganflow::cpu {

// F: a scalar formula (engine/program/formulas/function.h) of at most three operands, without
// branches.
template <class F, class T>
struct FormulaLoop {
  static_assert(F::kOperands >= 1 && F::kOperands <= 3, "write another v[] for more operands");
  static void run(T* y, const T* const* x, const Attributes& a, std::size_t n) {
    const T* x0 = x[0];
    const T* x1 = F::kOperands > 1 ? x[1] : nullptr;
    const T* x2 = F::kOperands > 2 ? x[2] : nullptr;
    const Attributes constants = a;  // a copy: y cannot change it
#pragma GCC ivdep
    for (std::size_t j = 0; j < n; ++j) {
      T v[3] = {};
      v[0] = x0[j];
      if constexpr (F::kOperands > 1) v[1] = x1[j];
      if constexpr (F::kOperands > 2) v[2] = x2[j];
      y[j] = F::template f<T>(v, constants);
    }
  }
};

template <class F>
ElementwiseLoop formula_loop() {
  return {best_isa<FormulaLoop<F, float>>(), best_isa<FormulaLoop<F, double>>()};
}

// One for every F, so that it is compiled as and where the loop over F is.
template <class F>
struct ProductAndSum {
  static constexpr int kOperands = 2;
  template <class T, class A>
  static T f(const T* x, const A&) {
    return x[0] * x[0] + x[1];
  }
};

// Of a formula whose choices are pick() and whose functions are those of
// ops/primitives/formulas/float_math.h.
template <class F>
RecordedFormula recorded() {
  const float x = 1 + 0x1p-12f, minus_rounded_square = -(1 + 0x1p-11f);
  const float* operands[] = {&x, &minus_rounded_square};
  float lost = 0;  // by the rounding of the square, if it is rounded
  formula_loop<ProductAndSum<F>>().f32(&lost, operands, {}, 1);
  return {[](const Lane* of, const Attributes& a) { return F::template f<Lane>(of, a); },
          lost != 0};
}

}  // namespace ganflow::cpu
