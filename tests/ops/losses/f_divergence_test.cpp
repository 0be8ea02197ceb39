// Divergences as losses: their members, their gradients (TH-05, LE-04).
#include "ops/losses/f_divergence.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "engine/error.h"
#include "ops/metrics/divergences.h"
#include "support/gradient_check.h"
#include "support/run_example.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

TEST_CASE("KL, reverse KL and JS are D_f = sum q f(p / q) of their f (TH-05)") {
  const std::vector<double> p = {0.1, 0.4, 0.3, 0.2}, q = {0.3, 0.2, 0.05, 0.45};
  const auto member = [&](auto f) {
    double d = 0;
    for (std::size_t i = 0; i < 4; ++i) d += q[i] * f(p[i] / q[i]);
    return d;
  };
  const double kl = member([](double u) { return u * std::log(u); });
  const double reverse = member([](double u) { return -std::log(u); });
  const double js =
      member([](double u) { return (u * std::log(u) - (u + 1) * std::log((u + 1) / 2)) / 2; });
  TestFormula f(4, "fit");
  const Value a = f.input("log_p", {4}), b = f.input("log_q", {4});
  for (const auto& [name, divergence] : divergence_names())
    f.output(name, FDivergence{.divergence = divergence}(f, a, b));
  f.output("cells", FDivergence{.cell = 0.5}(f, a, b));
  Tensors in;
  for (std::size_t i = 0; i < 4; ++i) {
    in["log_p"].push_back(std::log(p[i]));
    in["log_q"].push_back(std::log(q[i]));
  }
  const Tensors out = f.run(in);
  CHECK(out.at("kl")[0] == doctest::Approx(kl));
  CHECK(out.at("reverse_kl")[0] == doctest::Approx(reverse));
  CHECK(out.at("js")[0] == doctest::Approx(js));
  CHECK(out.at("cells")[0] == doctest::Approx(kl / 2));
  const Divergences d = divergences(p, q);
  CHECK(d.kl == doctest::Approx(kl));
  CHECK(d.reverse_kl == doctest::Approx(reverse));
  CHECK(d.js == doctest::Approx(js));
  CHECK(error_of([&] { FDivergence{.cell = 0}(f, a, b); }) ==
        "2 fit (Test): cell is 0, it must be above 0");
}

TEST_CASE("far apart nothing overflows: JS is log 2, its gradient finite") {
  TestFormula f(1, "fit");
  const Value a = f.input("log_p", {2}), b = f.input("log_q", {2});
  f.output("js", FDivergence{.divergence = Divergence::js}(f, a, b));
  const Tensors out = f.run({{"log_p", {0, -800}}, {"log_q", {-800, 0}}});
  CHECK(out.at("js")[0] == doctest::Approx(std::numbers::ln2));
}

TEST_CASE("gradients of divergences by both logarithms") {
  for (const auto& [name, divergence] : divergence_names()) {
    CAPTURE(name);
    check_gradients(
        [d = divergence](Args x) {
          TestFormula f(x[0].builder());
          return FDivergence{.divergence = d}(f, x[0], x[1]);
        },
        {{{5}, -2, 1}, {{5}, -2, 1}});
  }
}

TEST_SUITE_END();
