#include "ops/primitives/formulas/float_math.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

using namespace ganflow;

namespace {

// The worst relative error over floats with every sign, exponent and some fractions in [lo, hi].
template <class F, class G>
double worst(F f, G exact, float lo, float hi) {
  double error = 0;
  for (std::uint32_t bits = 0; bits < 0xff000000u; bits += 4001) {
    const float x = std::bit_cast<float>(bits);
    if (!(x >= lo && x <= hi)) continue;
    const double y = exact(static_cast<double>(x)), d = std::abs(f(x) - y);
    error = std::max(error, d == 0 ? 0 : d / std::abs(y));
  }
  return error;
}

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("float functions are within 2e-7 of the exact ones") {
  const auto f_exp = [](float x) { return exp_of(x); };
  const auto f_log = [](float x) { return log_of(x); };
  const auto f_log1p = [](float x) { return log1p_of(x); };
  const auto f_tanh = [](float x) { return tanh_of(x); };
  CHECK(worst(
            f_exp, [](double x) { return std::exp(x); }, -87.0f, 88.7f) <= 2e-7);
  CHECK(worst(
            f_log, [](double x) { return std::log(x); }, 1e-44f, 3e38f) <= 2e-7);
  CHECK(worst(
            f_log1p, [](double x) { return std::log1p(x); }, 0.0f, 1.0f) <= 2e-7);
  CHECK(worst(
            f_tanh, [](double x) { return std::tanh(x); }, -kInf, kInf) <= 2e-7);
}

TEST_CASE("float functions at the ends") {
  CHECK(exp_of(0.0f) == 1);
  CHECK(exp_of(kInf) == kInf);
  CHECK(exp_of(100.0f) == kInf);
  CHECK(exp_of(-kInf) == 0);
  CHECK(exp_of(-200.0f) == 0);
  CHECK(std::isnan(exp_of(kNan)));
  CHECK(log_of(1.0f) == 0);
  CHECK(log_of(0.0f) == -kInf);
  CHECK(log_of(kInf) == kInf);
  CHECK(std::isnan(log_of(-1.0f)));
  CHECK(std::isnan(log_of(kNan)));
  CHECK(log1p_of(0.0f) == 0);
  CHECK(log1p_of(1e-20f) == 1e-20f);
  CHECK(tanh_of(0.0f) == 0);
  CHECK(std::signbit(tanh_of(-0.0f)));
  CHECK(tanh_of(kInf) == 1);
  CHECK(tanh_of(-kInf) == -1);
  CHECK(std::isnan(tanh_of(kNan)));
}

TEST_SUITE_END();
