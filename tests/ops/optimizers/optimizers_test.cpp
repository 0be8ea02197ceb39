// Trajectories against PyTorch (tests/references/optimizers.py) and what PyTorch cannot say.
#include "references/optimizers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "ops/layers/initializers.h"
#include "ops/optimizers/adam.h"
#include "ops/optimizers/clip.h"
#include "ops/optimizers/restart.h"
#include "ops/optimizers/rmsprop.h"
#include "ops/optimizers/sgd.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/reduce.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

// loss_t = sum_i c_ti theta_i + theta_i^2 / 2 of the reference script.
struct Descent {
  explicit Descent(const Optimizer& optimizer) {
    const Value c = f.input("c", {3});
    const Value theta = f.variable("D/theta", {3}, Keep::parameter, init::values({0.5, -0.3, 0.8}));
    f.minimize(sum(c * theta + affine(square(theta), 0.5, 0)), "D/", optimizer);
  }
  const std::vector<double>& step(Step t, Precision precision = Precision::float64) {
    std::vector<double> c;
    for (int i = 0; i < 3; ++i)
      c.push_back((1 + i) * std::sin(1 + 0.7 * i + 0.9 * static_cast<double>(t)));
    f.run({{"c", c}}, t, precision);
    return f.state().at("D/theta");
  }
  TestFormula f{1, "critic_step"};
};

void follows(const Optimizer& optimizer, const double (&expected)[10][3]) {
  // float32: 10 steps of rounding at magnitude 1.
  for (auto [precision, tolerance] :
       {std::pair{Precision::float64, 1e-13}, std::pair{Precision::float32, 2e-6}}) {
    Descent descent(optimizer);
    for (int t = 0; t < 10; ++t) {
      const auto& theta = descent.step(t, precision);
      for (int i = 0; i < 3; ++i) {
        CAPTURE(t);
        CAPTURE(i);
        CHECK(std::abs(theta[i] - expected[t][i]) <= tolerance);
      }
    }
  }
}

}  // namespace

TEST_CASE("SGD with momentum and weight decay equals PyTorch") {
  follows(Sgd{.lr = 0.1}, reference::kSgd);
  follows(Sgd{.lr = 0.1, .momentum = 0.9, .l2 = 0.05}, reference::kSgdMomentumDecay);
}

TEST_CASE("RMSProp equals PyTorch, and TensorFlow's constants their formula") {
  follows(RmsProp{.lr = 0.01}, reference::kRmsProp);
  follows(RmsProp{.lr = 0.01, .l2 = 0.05}, reference::kRmsPropDecay);
  follows(RmsProp::tf(0.01), reference::kRmsPropTf);
}

TEST_CASE("Adam equals PyTorch") {
  follows(Adam{.lr = 0.01}, reference::kAdam);
  follows(Adam{.lr = 0.01, .beta1 = 0.5, .beta2 = 0.9}, reference::kAdamGan);
  follows(Adam{.lr = 0.01, .beta1 = 0, .beta2 = 0.9}, reference::kAdamNoMomentum);
  follows(Adam{.lr = 0.01, .l2 = 0.05}, reference::kAdamDecay);
}

TEST_CASE("state is named under the step and the parameter and is no parameter") {
  Descent descent(Adam{});
  std::vector<std::string> names;
  for (const VariableInfo& v : descent.f.variables())
    if (v.keep == Keep::state) names.push_back(v.name);
  CHECK(names == std::vector<std::string>{
                     "critic_step/D/theta/avg", "critic_step/D/theta/square_avg",
                     "critic_step/D/theta/avg_weight", "critic_step/D/theta/square_avg_weight"});
  CHECK(Descent(Sgd{}).f.variables().size() == 1);
  CHECK(Descent(Sgd{.momentum = 0.5}).f.variables().back().name == "critic_step/D/theta/momentum");
}

TEST_CASE("the learning rate follows its schedule") {
  Descent descent(Sgd{.lr = Schedule("0.5, then 0", [](Step t) { return t == 0 ? 0.5 : 0.0; })});
  const auto first = descent.step(0);
  CHECK(first[0] == doctest::Approx(0.5 - 0.5 * (std::sin(1.0) + 0.5)));
  CHECK(descent.step(1) == first);
  CHECK(descent.f.schedules().count("critic_step.lr") == 1);
}

TEST_CASE("weight decay adds l2 theta to the gradient, of weights only if told so") {
  TestFormula f(1, "step");
  const Value w = f.variable("w", {1, 2}, Keep::parameter, init::values({3, -5}));
  const Value b = f.variable("b", {2}, Keep::parameter, init::values({7, 11}));
  const Value gw = full_like(w, 1), gb = full_like(b, 1);
  f.output("all w", WeightDecay{.l2 = 0.1}(f, w, gw));
  f.output("all b", WeightDecay{.l2 = 0.1}(f, b, gb));
  f.output("weights w", WeightDecay{.l2 = 0.1, .weights_only = true}(f, w, gw));
  f.output("weights b", WeightDecay{.l2 = 0.1, .weights_only = true}(f, b, gb));
  CHECK(WeightDecay{}(f, w, gw).id() == gw.id());
  const Tensors out = f.run();
  const auto near = [&](const char* name, double x, double y) {
    CHECK(out.at(name)[0] == doctest::Approx(x));
    CHECK(out.at(name)[1] == doctest::Approx(y));
  };
  near("all w", 1.3, 0.5);
  near("all b", 1.7, 2.1);
  near("weights w", 1.3, 0.5);
  near("weights b", 1, 1);
}

TEST_CASE("constants outside their range are refused") {
  CHECK_THROWS_WITH_AS(Descent(Sgd{.momentum = 1}),
                       "critic_step (Test): momentum is 1, it must be at least 0 and below 1",
                       Error);
  CHECK_THROWS_WITH_AS(Descent(RmsProp{.alpha = 1.2}),
                       "critic_step (Test): alpha is 1.2, it must be at least 0 and below 1",
                       Error);
  CHECK_THROWS_WITH_AS(Descent(RmsProp{.eps = 0}),
                       "critic_step (Test): eps is 0, it must be above 0", Error);
  CHECK_THROWS_WITH_AS(Descent(Adam{.beta1 = -0.1}),
                       "critic_step (Test): beta1 is -0.1, it must be at least 0 and below 1",
                       Error);
  CHECK_THROWS_WITH_AS(Descent(Adam{.beta2 = 1}),
                       "critic_step (Test): beta2 is 1, it must be at least 0 and below 1", Error);
}

TEST_CASE("clipped weights stay inside the bound after every update") {
  Descent plain(Sgd{.lr = 0.1}), clipped(clip_weights(Sgd{.lr = 0.1}, 0.4));
  const auto free_step = plain.step(0), bound_step = clipped.step(0);
  for (int i = 0; i < 3; ++i)
    CHECK(bound_step[i] == doctest::Approx(std::clamp(free_step[i], -0.4, 0.4)));
  CHECK(bound_step != free_step);
  clipped.f.run({{"c", {100, -100, 0}}}, 1);
  CHECK(clipped.f.state().at("D/theta")[0] == doctest::Approx(-0.4));
  CHECK(clipped.f.state().at("D/theta")[1] == doctest::Approx(0.4));
}

TEST_CASE("a restart forgets the moments: the next update is that of a fresh optimizer (R-35)") {
  const Schedule stages = steps({{0, 0.0}, {3, 1.0}, {6, 2.0}});
  for (const Optimizer& optimizer : {Optimizer(Adam{.lr = 0.01}), Optimizer(RmsProp{.lr = 0.01}),
                                     Optimizer(Sgd{.lr = 0.1, .momentum = 0.9})}) {
    Descent plain(optimizer), restarted(restarting(optimizer, stages)), fresh(optimizer);
    for (Step t = 0; t < 9; ++t) {
      CAPTURE(t);
      if (t % 3 == 0) {  // as the stage found the parameters, without moments
        for (auto& [name, values] : fresh.f.state())
          if (name != "D/theta") std::ranges::fill(values, 0.0);
        if (t > 0) fresh.f.state()["D/theta"] = restarted.f.state().at("D/theta");
      }
      const std::vector<double> expected = fresh.step(t);
      CHECK(restarted.step(t) == expected);
      CHECK((plain.step(t) == expected) == (t < 3));
    }
  }
}

TEST_CASE("a restart that falls between two updates is made at the next one") {
  Descent descent(restarting(Sgd{.lr = 0.1, .momentum = 0.9}, steps({{0, 0.0}, {5, 1.0}})));
  descent.step(0);
  descent.step(4);
  const std::vector<double> before = descent.f.state().at("D/theta");
  const std::vector<double> after = descent.step(8);  // a generator's phase never sees step 5
  for (std::size_t i = 0; i < 3; ++i) {               // theta - lr g, g = c + theta
    const double c =
        (1.0 + static_cast<double>(i)) * std::sin(1 + 0.7 * static_cast<double>(i) + 7.2);
    CHECK(after[i] == doctest::Approx(before[i] - 0.1 * (c + before[i])));
  }
}

TEST_SUITE_END();
