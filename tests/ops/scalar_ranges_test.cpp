// Every number that may follow a schedule has a range, and every fixed one too.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "ops/layers/blend.h"
#include "ops/layers/initializers.h"
#include "ops/layers/mlp.h"
#include "ops/optimizers/adam.h"
#include "ops/optimizers/clip.h"
#include "ops/optimizers/rmsprop.h"
#include "ops/optimizers/sgd.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/penalties/smooth_penalty.h"
#include "ops/primitives/arithmetic.h"
#include "ops/sources/noise.h"
#include "ops/techniques/average.h"
#include "ops/techniques/historical_average.h"
#include "ops/techniques/replay.h"
#include "ops/transforms/gaussian_blur.h"
#include "ops/transforms/instance_noise.h"
#include "ops/transforms/rescale.h"
#include "ops/transforms/tunable_sigmoid.h"
#include "support/run_example.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// What an operator that is given one bad number says; it is traced on x (4,4), a network and
// a parameter.
std::string said(const std::function<void(TestFormula&, Value x, const Network& net)>& trace) {
  TestFormula f(4, "n");
  const Value x = f.input("x", {4, 4});
  const Network net("D", mlp({4, 1}, relu));
  net(f, x);
  return error_of([&] { trace(f, x, net); });
}

std::string step(const Optimizer& optimizer) {
  return said([&](TestFormula& f, Value x, const Network&) { optimizer(f, "w", x, x); });
}

}  // namespace

TEST_SUITE("ranges") {
  // Was: negative learning rates and weights ran without a word, to losses of 1e18.
  TEST_CASE("optimizers") {
    const std::string least = ", it must be at least 0";
    CHECK(step(Sgd{.lr = -1}) == "2 n.lr is -1" + least);
    CHECK(step(Adam{.lr = -1e-3}) == "2 n.lr is -0.001" + least);
    CHECK(step(RmsProp{.lr = linear(1, -1, 0, 9)}) == "2 n.lr is linear(1: -1, 0: 9)" + least);
    CHECK(step(Sgd{.l2 = Scalar(-1)}) == "2 n.l2 is -1" + least);
    CHECK(step(clip_weights(Sgd{}, 0)) == "2 n.clip is 0, it must be above 0");
    CHECK(step(Sgd{.lr = 0}) == "");
  }

  TEST_CASE("penalties and weights of losses") {
    CHECK(said([](TestFormula& f, Value x, const Network& net) {
            GradientPenalty{.critic = net, .lambda = -10}(f, x, x);
          }) == "2 n.lambda is -10, it must be at least 0");
    CHECK(said([](TestFormula& f, Value x, const Network& net) {
            GradientPenalty{.critic = net, .target = -1}(f, x, x);
          }) == "2 n (Test): target is -1, it must be at least 0");
    CHECK(said([](TestFormula& f, Value x, const Network&) {
            SmoothPenalty{.gamma = -1}(f, x * 2.0, x);
          }) == "2 n.gamma is -1, it must be at least 0");
    CHECK(said([](TestFormula& f, Value x, const Network&) {
            SmoothPenalty{.k = -1}(f, x * 2.0, x);
          }) == "2 n.k is -1, it must be at least 0");
    CHECK(said([](TestFormula& f, Value, const Network& net) {
            HistoricalAverage{net, -1}(f);
          }) == "2 n.weight is -1, it must be at least 0");
  }

  // Was: average=1.5 diverged; k=2 failed at the first evaluation only.
  TEST_CASE("techniques and transforms") {
    for (const double decay : {1.0, 1.5, -0.1})
      CHECK(said([=](TestFormula& f, Value, const Network& net) {
              Average{net, decay}(f);
            }) == fmt::format("2 n.decay is {}, it must be at least 0 and below 1", decay));
    for (const double k : {2.0, 0.1, -1.1})
      CHECK(said([=](TestFormula& f, Value x, const Network&) { TunableSigmoid{k}(f, x); }) ==
            fmt::format("2 n.k is {}, it must be from -1 to 0", k));
    CHECK(said([](TestFormula& f, Value x, const Network&) { TunableSigmoid{-1}(f, x); }) == "");
    CHECK(said([](TestFormula& f, Value x, const Network&) {
            GaussianBlur{.sigma = -1, .side = 2}(f, x);
          }) == "2 n.sigma is -1, it must be at least 0");
    CHECK(said([](TestFormula& f, Value x, const Network&) { GaussianBlur{.side = 0}(f, x); }) ==
          "2 n (Test): side is 0, it must be at least 1");
    CHECK(said([](TestFormula& f, Value x, const Network&) { InstanceNoise{-0.1}(f, x); }) ==
          "2 n.sigma is -0.1, it must be at least 0");
    CHECK(said([](TestFormula& f, Value x, const Network&) { Blend{1.5}(f, x, x); }) ==
          "2 n.alpha is 1.5, it must be from 0 to 1");
    CHECK(said([](TestFormula& f, Value x, const Network&) { Rescale{.to_hi = HUGE_VAL}(f, x); }) ==
          "2 n (Test): to_hi is inf, it must be any finite number");
    CHECK(said([](TestFormula& f, Value x, const Network&) {
            Recall{"m", 0}(f, x);
          }) == "2 n (Test): capacity is 0, it must be at least 1");
    CHECK(said([](TestFormula& f, Value, const Network&) { Uniform{.lo = -HUGE_VAL}(f); }) ==
          "2 n (Test): lo is -inf, it must be any finite number");
  }
}
