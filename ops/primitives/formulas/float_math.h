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

// 2^n exp(r), |r| <= ln 2 / 2. Beyond the clamp the result is 0 or infinite; NaN passes through.
GANFLOW_FUNCTION inline float exp_of(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  const float shifted = x * 1.44269504f + 0x1.8p23f;  // the integer lands in the low bits
  const float n = shifted - 0x1.8p23f;
  const auto exponent = static_cast<int>(bits_as<unsigned>(shifted) - bits_as<unsigned>(0x1.8p23f));
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
  float p = 0.0013813144760206342f;
  p = p * r + 0.008369418792426586f;
  p = p * r + 0.04166845604777336f;
  p = p * r + 0.16666515171527863f;
  p = p * r + 0.4999999403953552f;
  p = (p * r * r + r) + 1.0f;
  // 2^n in two factors: n itself may lie outside the exponents of normal numbers.
  const int half = exponent >> 1;
  const float first = bits_as<float>((half + 127) << 23);
  const float second = bits_as<float>((exponent - half + 127) << 23);
  return p * first * second;
}

// x = 2^n (1 + f), f in [sqrt(1/2) - 1, sqrt 2 - 1].
GANFLOW_FUNCTION inline float log_of(float x) {
  const bool tiny = x < 0x1p-126f;
  const float scaled = tiny ? x * 0x1p23f : x;
  constexpr int kRootHalf = 0x3f3504f3;
  const auto bits = bits_as<int>(scaled);
  const int exponent = (bits - kRootHalf) >> 23;
  const float n = static_cast<float>(exponent) - (tiny ? 23.0f : 0.0f);
  const float f =
      bits_as<float>(bits - static_cast<int>(static_cast<unsigned>(exponent) << 23)) - 1.0f;
  float p = 0.06746640056371689f;
  p = p * f - 0.11675652116537094f;
  p = p * f + 0.11888162046670914f;
  p = p * f - 0.1240558922290802f;
  p = p * f + 0.14219552278518677f;
  p = p * f - 0.1666799634695053f;
  p = p * f + 0.2000211924314499f;
  p = p * f - 0.25000008940696716f;
  p = p * f + 0.3333331346511841f;
  const float square = f * f;
  const float small = (p * f * square - n * 2.12194440e-4f) - 0.5f * square;
  float y = (small + f) + n * 0.693359375f;
  y = x < INFINITY ? y : x;  // +inf and NaN
  y = x < 0.0f ? NAN : y;
  return x == 0.0f ? -INFINITY : y;
}

// Of u in [0, 1]: log of the rounded 1 + u, and what the rounding lost.
GANFLOW_FUNCTION inline float log1p_of(float u) {
  const float w = 1.0f + u;
  return log_of(w) + (u - (w - 1.0f)) / w;
}

GANFLOW_FUNCTION inline float tanh_of(float x) {
  const float magnitude = std::abs(x), u = x * x;
  float p = -0.005704986862838268f;
  p = p * u + 0.02063908614218235f;
  p = p * u - 0.05373971536755562f;
  p = p * u + 0.13331441581249237f;
  p = p * u - 0.3333328068256378f;
  const float near = p * u * magnitude + magnitude;
  const float far = 1.0f - 2.0f / (exp_of(2.0f * magnitude) + 1.0f);
  return std::copysign(magnitude < 0.625f ? near : far, x);
}

}  // namespace ganflow
