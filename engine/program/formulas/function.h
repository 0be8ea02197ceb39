// How a scalar formula is written, so that one text serves every device.
//
// A formula is a struct with
//   static constexpr int kOperands;
//   template <class T, class A> GANFLOW_FUNCTION static T f(const T* x, const A& a)
// where x[i] is operand i, T is float or double, masks are 0 or 1 of type T and `a` has the node's
// numbers: ints[8] and reals[2]. A header of formulas includes <cmath> and headers of its kind
// only, and calls nothing else: it is compiled here and, as text, for other devices.
#pragma once

#if defined(__CUDACC__)
#define GANFLOW_FUNCTION __host__ __device__
#else
#define GANFLOW_FUNCTION
#endif
