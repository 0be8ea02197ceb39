// Cross-entropy with labels: closed forms, smoothing, differences, refusals; the share of correct
// answers.
#include "ops/losses/cross_entropy.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "ops/primitives/primitives.h"
#include "support/test_formula.h"
#include "tests/support/gradient_check.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

std::string refused(const CrossEntropy& loss, const Shape& logits, const Shape& labels) {
  TestFormula f{2};
  try {
    loss(f, f.input("x", logits), f.input("y", labels));
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was refused";
}

}  // namespace

TEST_CASE("cross-entropy by hand: -log of the label's probability; smoothing mixes in the others") {
  TestFormula f{2};
  const Value x = f.input("x", {2, 3}), y = f.input("y", {2});
  f.output("plain", CrossEntropy{}(f, x, y));
  f.output("smoothed", CrossEntropy{.smoothing = 0.3}(f, x, y));
  f.output("correct", Correct{}(f, x, y));
  // Probabilities 1/7, 2/7, 4/7 and 1/3 each.
  const Tensors out = f.run({{"x", {0, std::log(2.0), std::log(4.0), 5, 5, 5}}, {"y", {2, 1}}});
  const double first = std::log(7.0 / 4), second = std::log(3.0);
  const double all = (std::log(7.0) + std::log(7.0 / 2) + std::log(7.0 / 4)) / 3;
  CHECK(out.at("plain")[0] == doctest::Approx((first + second) / 2).epsilon(1e-12));
  CHECK(out.at("smoothed")[0] ==
        doctest::Approx((0.7 * first + 0.3 * all + second) / 2).epsilon(1e-12));
  CHECK(out.at("correct") == std::vector<double>{1, 0});
}

TEST_CASE("cross-entropy: derivatives of both orders against differences") {
  check_gradients(
      [&](Args a) {
        TestFormula g(a[0].builder(), 3);
        const Value labels = slice(ramp(a[0].builder(), 5), 0, 1, 4);
        return CrossEntropy{.smoothing = 0.1}(g, a[0], labels);
      },
      {{{3, 4}}});
}

TEST_CASE("cross-entropy refuses shapes and smoothing in one sentence") {
  CHECK(refused({}, {2, 3}, {3}) ==
        "node (Test): logits are (N,K) and labels (N), they have shapes (2,3) and (3)");
  CHECK(refused({}, {2, 3, 1}, {2}).find("(2,3,1) and (2)") != std::string::npos);
  CHECK(refused({.smoothing = 1}, {2, 3}, {2}) ==
        "node (Test): smoothing is 1, it must be at least 0 and below 1");
}
