// First and second order derivatives of every formula against central differences in float64:
// inputs and parameters alike.
#include <doctest/doctest.h>

#include "ops/layers/mlp.h"
#include "ops/losses/adversarial.h"
#include "ops/losses/concave.h"
#include "ops/losses/wasserstein.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/transforms/gaussian_blur.h"
#include "ops/transforms/rescale.h"
#include "ops/transforms/tunable_sigmoid.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

// Arguments from `first` on become w and b of a three-layer network "D".
void bind_parameters(TestFormula& f, Args x, std::size_t first) {
  const char* const names[] = {"D/0/w", "D/0/b", "D/1/w", "D/1/b", "D/2/w", "D/2/b"};
  for (std::size_t i = 0; i < 6; ++i) f.bind(names[i], x[first + i]);
}

const std::vector<CheckedInput> kParameters = {{{2, 4}}, {{4}}, {{4, 3}}, {{3}}, {{3, 1}}, {{1}}};

std::vector<CheckedInput> with_parameters(std::vector<CheckedInput> inputs) {
  inputs.insert(inputs.end(), kParameters.begin(), kParameters.end());
  return inputs;
}

}  // namespace

TEST_CASE("gradients of networks, by input and parameters") {
  for (const Activation& hidden : {Activation(tanh), Activation(sigmoid), Activation(softplus),
                                   Activation(relu), leaky_relu(0.2)}) {
    check_gradients(
        [&](Args x) {
          TestFormula f(x[0].builder(), 3);
          bind_parameters(f, x, 1);
          return Network("D", mlp({2, 4, 3, 1}, hidden, sigmoid))(f, x[0]);
        },
        with_parameters({{{3, 2}}}));
  }
}

TEST_CASE("gradients of losses by the scores") {
  const std::vector<CheckedInput> scores{{{4, 1}, -2, 2}, {{4, 1}, -2, 2}};
  const auto check = [&](const auto& loss) {
    check_gradients(
        [&](Args x) {
          TestFormula f(x[0].builder());
          return loss(f, x);
        },
        scores);
  };
  check([](TestFormula& f, Args x) { return Wasserstein{}(f, x[0], x[1]); });
  check([](TestFormula& f, Args x) { return WassersteinGenerator{}(f, x[1]); });
  check([](TestFormula& f, Args x) { return Adversarial{}(f, x[0], x[1]); });
  check([](TestFormula& f, Args x) {
    return Adversarial{.real_target = 0.9, .fake_target = 0.1}(f, x[0], x[1]);
  });
  check([](TestFormula& f, Args x) { return Minimax{}(f, x[1]); });
  check([](TestFormula& f, Args x) { return NonSaturating{}(f, x[1]); });
  const auto concave = [](Value t) { return -exp(-t); };
  check([&](TestFormula& f, Args x) { return Concave{concave}(f, x[0], x[1]); });
  check([&](TestFormula& f, Args x) { return ConcaveGenerator{concave}(f, x[1]); });
}

TEST_CASE("gradients of penalties by samples and critic, every measure and target") {
  for (const auto& [name, measure] : measure::all(init::constant(0)))
    for (double target : {1.0, 0.0, 0.3}) {
      CAPTURE(name);
      CAPTURE(target);
      check_gradients(
          [&, m = measure](Args x) {
            TestFormula f(x[0].builder(), 3, "penalty");
            bind_parameters(f, x, 3);
            f.bind("penalty/anchor", x[2]);
            const GradientPenalty penalty{
                .critic = {"D", mlp({2, 4, 3, 1}, tanh)}, .target = target, .measure = m};
            return penalty(f, x[0], x[1]);
          },
          with_parameters({{{3, 2}}, {{3, 2}}, {{2}}}), {.bound = {{"penalty.lambda", {10}}}});
    }
}

TEST_CASE("gradients of a penalised relu critic") {
  check_gradients(
      [](Args x) {
        TestFormula f(x[0].builder(), 3, "penalty");
        bind_parameters(f, x, 2);
        const Network d("D", mlp({2, 4, 3, 1}, relu));
        return Adversarial{}(f, d(f, x[0]), d(f, x[1])) +
               GradientPenalty{.critic = d}(f, x[0], x[1]);
      },
      with_parameters({{{3, 2}}, {{3, 2}}}), {.stream = 3, .bound = {{"penalty.lambda", {10}}}});
}

TEST_CASE("gradients of transforms") {
  check_gradients(
      [](Args x) {
        TestFormula f(x[0].builder(), 2, "blur");
        return GaussianBlur{.side = 4}(f, x[0]);
      },
      {{{2, 16}}}, {.bound = {{"blur.sigma", {0.8}}}});
  check_gradients(
      [](Args x) {
        TestFormula f(x[0].builder(), 2, "sharpen");
        return TunableSigmoid{}(f, x[0]);
      },
      {{{2, 3}, 0, 0, {0.1, 0.35, 0.45, 0.55, 0.7, 0.9}}}, {.bound = {{"sharpen.k", {-0.6}}}});
  check_gradients(
      [](Args x) {
        TestFormula f(x[0].builder(), 2);
        return Rescale{}(f, x[0]);
      },
      {{{2, 3}}});
}

TEST_SUITE_END();
