// Derivatives of any function of Values against central differences, in float64 through evaluate().
//
//   check_gradients([](Args x) { return tanh(matmul(x[0], x[1])); }, {{{2, 3}}, {{3, 4}}});
//
// With L = sum(f(x) * w) for fixed random weights w, g = dL/dx and S = sum(g * v) for fixed random
// directions v, it compares
//   first    g                        with differences of L
//   second   dS/dx                    with differences of S
//   forward  jvp(L; v)                with sum(g * v)
//   mixed    jvp(g; v)                with dS/dx   (forward over reverse, reverse over reverse)
// as the largest difference over the largest magnitude of each tensor. Kinks of f must lie further
// than 1e-3 from the drawn inputs.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/program/affine.h"
#include "engine/program/evaluate.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "engine/tensor/philox.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/random.h"
#include "ops/primitives/reduce.h"

namespace ganflow::test {

using Args = std::span<const Value>;
using Function = std::function<Value(Args)>;

struct CheckedInput {
  Shape shape;
  double lo = -1, hi = 1;        // drawn uniformly in here
  std::vector<double> values{};  // or these
};

struct CheckOptions {
  double tolerance = 1e-6;         // of first and second
  double exact_tolerance = 1e-11;  // of forward and mixed
  bool second_order = true;        // second and mixed
  bool forward = true;             // forward and mixed need jvp of everything in f
  std::uint32_t stream = 1;        // of the drawn numbers
  Tensors bound{};                 // further inputs that f declares by input(builder, name, type)
};

// Worst relative errors, and where they were met.
struct CheckResult {
  double first = 0, second = 0, forward = 0, mixed = 0;
  std::string worst_first, worst_second, worst_mixed;
};

// Uniform numbers in (lo, hi), the same in every run.
inline std::vector<double> drawn(Extent n, std::uint32_t stream, double lo = -1, double hi = 1) {
  std::vector<double> values(n);
  for (Extent i = 0; i < n; ++i)
    values[i] = lo + (hi - lo) * uniform01(random_word(20240229, stream, 0, i));
  return values;
}

// max |a - b| / max(|a|, |b|); 0 / 0 = 0. NaN anywhere gives infinity.
inline double relative_error(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, scale = 0;
  if (a.size() != b.size()) return INFINITY;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) return INFINITY;
    if (a[i] == b[i]) continue;  // equal infinities
    difference = std::max(difference, std::abs(a[i] - b[i]));
    scale = std::max({scale, std::abs(a[i]), std::abs(b[i])});
  }
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::isfinite(a[i])) scale = std::max(scale, std::abs(a[i]));
  return difference == 0 ? 0 : difference / scale;
}

namespace detail {

inline std::string name(char letter, std::size_t i) { return letter + std::to_string(i); }

// d target / d x_i by a five-point stencil: error O(h^4), rounding O(1e-16 / h).
inline std::vector<double> differences(const Program& program, Tensors at, const std::string& input,
                                       const std::string& target) {
  constexpr double h = 2e-4;
  std::vector<double> result;
  for (std::size_t i = 0; i < at[input].size(); ++i) {
    const double x = at[input][i];
    const auto f = [&](double step) {
      at[input][i] = x + step;
      return evaluate(program, at)[target][0];
    };
    const double near = f(h) - f(-h), far = f(2 * h) - f(-2 * h);
    at[input][i] = x;
    result.push_back((8 * near - far) / (12 * h));
  }
  return result;
}

inline void note(double error, double& worst, std::string& where, std::size_t i,
                 const std::vector<double>& got, const std::vector<double>& expected) {
  if (!(error > worst)) return;
  worst = error;
  std::size_t at = 0;
  for (std::size_t k = 0; k < got.size(); ++k)
    if (!(std::abs(got[k] - expected[k]) <= std::abs(got[at] - expected[at]))) at = k;
  where = "argument " + std::to_string(i) + ", element " + std::to_string(at) + ": " +
          std::to_string(got[at]) + " against " + std::to_string(expected[at]);
}

}  // namespace detail

inline CheckResult measure_gradients(const Function& f, const std::vector<CheckedInput>& inputs,
                                     const CheckOptions& options = {}) {
  using detail::name;
  Builder plain, full_program;  // L and S alone (evaluated often), and every derivative
  Tensors at = options.bound;
  for (Builder* builder : {&plain, &full_program}) {
    const bool all = builder == &full_program;
    std::vector<Value> x, v;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const TensorType type{inputs[i].shape, DType::real};
      const auto stream = options.stream * 1000 + static_cast<std::uint32_t>(2 * i);
      const Extent n = inputs[i].shape.elements();
      x.push_back(input(*builder, name('x', i), type));
      v.push_back(input(*builder, name('v', i), type));
      at[name('x', i)] = inputs[i].values.empty() ? drawn(n, stream, inputs[i].lo, inputs[i].hi)
                                                  : inputs[i].values;
      at[name('v', i)] = drawn(n, stream + 1);
    }
    const Value y = f(x);
    const Value w = input(*builder, "w", y.type());
    at["w"] = drawn(y.shape().elements(), options.stream * 1000 + 999, 0.5, 1.5);
    const Value loss = sum(apply(mul_primitive(), {y, w}));
    output(*builder, "L", loss);
    const std::vector<Value> g = gradient(loss, x);
    Value s = full(*builder, {}, 0);
    for (std::size_t i = 0; i < x.size(); ++i)
      s = add(s, sum(apply(mul_primitive(), {g[i], v[i]})));
    output(*builder, "S", s);
    if (!all) continue;
    for (std::size_t i = 0; i < x.size(); ++i) output(*builder, name('g', i), g[i]);
    if (options.forward) output(*builder, "forward", jvp(loss, x, v));
    if (!options.second_order) continue;
    const std::vector<Value> h = gradient(s, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      output(*builder, name('h', i), h[i]);
      if (options.forward) output(*builder, name('m', i), jvp(g[i], x, v));
    }
  }

  Tensors exact = evaluate(full_program.program(), at);
  CheckResult result;
  if (options.forward) result.forward = relative_error(exact["forward"], exact["S"]);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto first = detail::differences(plain.program(), at, name('x', i), "L");
    detail::note(relative_error(exact[name('g', i)], first), result.first, result.worst_first, i,
                 exact[name('g', i)], first);
    if (!options.second_order) continue;
    const auto second = detail::differences(plain.program(), at, name('x', i), "S");
    // Where a second derivative vanishes the differences return rounding: measure against S too.
    auto got = exact[name('h', i)];
    auto expected = second;
    got.push_back(1e-3 * exact["S"][0]), expected.push_back(1e-3 * exact["S"][0]);
    detail::note(relative_error(got, expected), result.second, result.worst_second, i, got,
                 expected);
    if (options.forward)
      detail::note(relative_error(exact[name('h', i)], exact[name('m', i)]), result.mixed,
                   result.worst_mixed, i, exact[name('h', i)], exact[name('m', i)]);
  }
  return result;
}

inline void check_gradients(const Function& f, const std::vector<CheckedInput>& inputs,
                            const CheckOptions& options = {}) {
  const CheckResult r = measure_gradients(f, inputs, options);
  CHECK_MESSAGE(r.first <= options.tolerance, "first order, ", r.worst_first);
  CHECK_MESSAGE(r.forward <= options.exact_tolerance, "jvp differs from vjp");
  CHECK_MESSAGE(r.second <= options.tolerance, "second order, ", r.worst_second);
  CHECK_MESSAGE(r.mixed <= options.exact_tolerance,
                "forward over reverse differs from reverse over reverse, ", r.worst_mixed);
}

}  // namespace ganflow::test
