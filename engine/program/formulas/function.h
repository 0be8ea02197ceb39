// How a scalar formula is written, so that one text serves every device.
//
// A formula is a struct with
//   static constexpr int kOperands;
//   template <class T, class A> GANFLOW_FUNCTION static T f(const T* x, const A& a)
// where x[i] is operand i, T is float or double, masks are 0 or 1 of type T and `a` has the node's
// numbers: ints[8] and reals[2]. A header of formulas includes <cmath> and headers of its kind
// only, and calls nothing else: it is compiled here and, as text, for other devices.
//
// A formula that chooses by pick() and takes its functions from
// ops/primitives/formulas/float_math.h can also be recorded (engine/cpu/lanes.h): T is then no
// number but the name of one.
#pragma once

#if defined(__CUDACC__)
#define GANFLOW_FUNCTION __host__ __device__
#else
#define GANFLOW_FUNCTION
#endif

namespace ganflow {

template <class T>
GANFLOW_FUNCTION constexpr T pick(bool which, T a, T b) {
  return which ? a : b;
}

}  // namespace ganflow
