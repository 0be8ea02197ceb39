// exp, log, log1p on (0, 1], tanh for float without branches, table look-ups or calls, so that
// loops over them vectorise. Relative error below 2e-7 (about 2 units in the last place) where
// the result is a normal number; infinities, NaN, overflow and underflow as in the standard
// library. For double they are the standard library's. The polynomials are minimax fits of the
// series' remainders on the reduced interval.
#pragma once

#include <cmath>

#include "engine/program/formulas/function.h"

namespace ganflow {

// The bits of a number of 32 bits as another one; what std::bit_cast calls, which device compilers
// may lack.
template <class To, class From>
GANFLOW_FUNCTION constexpr To bits_as(From x) {
  return __builtin_bit_cast(To, x);
}

GANFLOW_FUNCTION inline double exp_of(double x) { return std::exp(x); }
GANFLOW_FUNCTION inline double log_of(double x) { return std::log(x); }
GANFLOW_FUNCTION inline double log1p_of(double x) { return std::log1p(x); }
GANFLOW_FUNCTION inline double tanh_of(double x) { return std::tanh(x); }

// The rest of what formulas call, by names that recorded numbers answer to as well.
GANFLOW_FUNCTION inline double sqrt_of(double x) { return std::sqrt(x); }
GANFLOW_FUNCTION inline double abs_of(double x) { return std::abs(x); }
GANFLOW_FUNCTION inline double floor_of(double x) { return std::floor(x); }
GANFLOW_FUNCTION inline float sqrt_of(float x) { return std::sqrt(x); }
GANFLOW_FUNCTION inline float abs_of(float x) { return std::abs(x); }
GANFLOW_FUNCTION inline float floor_of(float x) { return std::floor(x); }
GANFLOW_FUNCTION inline float copysign_of(float x, float sign) { return std::copysign(x, sign); }
GANFLOW_FUNCTION inline int bits_of(float x) { return bits_as<int>(x); }
GANFLOW_FUNCTION inline float with_bits(int x) { return bits_as<float>(x); }
GANFLOW_FUNCTION inline float number_of(int x) { return static_cast<float>(x); }

// F: float, or one recorded.

// 2^n exp(r), |r| <= ln 2 / 2. Beyond the clamp the result is 0 or infinite; NaN passes through.
template <class F>
GANFLOW_FUNCTION F exp_of(F x) {
  x = pick(x > 89.0f, F(89.0f), x);
  x = pick(x < -104.0f, F(-104.0f), x);
  const F shifted = x * 1.44269504f + 0x1.8p23f;  // the integer lands in the low bits
  const F n = shifted - 0x1.8p23f;
  const auto exponent = bits_of(shifted) - bits_of(0x1.8p23f);
  const F r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
  F p = 0.0013813144760206342f;
  p = p * r + 0.008369418792426586f;
  p = p * r + 0.04166845604777336f;
  p = p * r + 0.16666515171527863f;
  p = p * r + 0.4999999403953552f;
  p = (p * r * r + r) + 1.0f;
  // 2^n in two factors: n itself may lie outside the exponents of normal numbers.
  const auto half = exponent >> 1;
  const F first = with_bits((half + 127) << 23);
  const F second = with_bits((exponent - half + 127) << 23);
  return p * first * second;
}

// x = 2^n (1 + f), f in [sqrt(1/2) - 1, sqrt 2 - 1].
template <class F>
GANFLOW_FUNCTION F log_of(F x) {
  const auto tiny = x < 0x1p-126f;
  const F scaled = pick(tiny, x * 0x1p23f, x);
  constexpr int kRootHalf = 0x3f3504f3;
  const auto bits = bits_of(abs_of(scaled));  // of a negative number nothing is used
  const auto exponent = (bits - kRootHalf) >> 23;
  const F n = number_of(exponent) - pick(tiny, F(23.0f), F(0.0f));
  const F f = with_bits(bits - (exponent << 23)) - 1.0f;
  F p = 0.06746640056371689f;
  p = p * f - 0.11675652116537094f;
  p = p * f + 0.11888162046670914f;
  p = p * f - 0.1240558922290802f;
  p = p * f + 0.14219552278518677f;
  p = p * f - 0.1666799634695053f;
  p = p * f + 0.2000211924314499f;
  p = p * f - 0.25000008940696716f;
  p = p * f + 0.3333331346511841f;
  const F square = f * f;
  const F small = (p * f * square - n * 2.12194440e-4f) - 0.5f * square;
  F y = (small + f) + n * 0.693359375f;
  y = pick(x < INFINITY, y, x);  // +inf and NaN
  y = pick(x < 0.0f, F(NAN), y);
  return pick(x == 0.0f, F(-INFINITY), y);
}

// Of u in [0, 1]: log of the rounded 1 + u, and what the rounding lost.
template <class F>
GANFLOW_FUNCTION F log1p_of(F u) {
  const F w = 1.0f + u;
  return log_of(w) + (u - (w - 1.0f)) / w;
}

template <class F>
GANFLOW_FUNCTION F tanh_of(F x) {
  const F magnitude = abs_of(x), u = x * x;
  F p = -0.005704986862838268f;
  p = p * u + 0.02063908614218235f;
  p = p * u - 0.05373971536755562f;
  p = p * u + 0.13331441581249237f;
  p = p * u - 0.3333328068256378f;
  const F near = p * u * magnitude + magnitude;
  const F far = 1.0f - 2.0f / (exp_of(2.0f * magnitude) + 1.0f);
  return copysign_of(pick(magnitude < 0.625f, near, far), x);
}

}  // namespace ganflow
