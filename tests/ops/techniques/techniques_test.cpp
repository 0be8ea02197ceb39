// Techniques of the guide and the lecture: values by hand over a few steps, derivatives, refusals.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "ops/layers/batch_norm.h"
#include "ops/layers/blend.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/losses/adversarial.h"
#include "ops/optimizers/sgd.h"
#include "ops/techniques/adapt_augment.h"
#include "ops/techniques/average.h"
#include "ops/techniques/feature_matching.h"
#include "ops/techniques/historical_average.h"
#include "ops/techniques/replay.h"
#include "ops/transforms/augment.h"
#include "ops/transforms/instance_noise.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("techniques");

TEST_CASE("noisy labels flip a share of the targets, each sample by itself") {
  TestFormula f(2000, "loss", "Adversarial");
  const Value d = f.input("d", {2000, 1});
  f.output("loss", Adversarial{.flip = 0.1}(f, d, d));
  f.output("slope", gradient(Adversarial{.flip = 0.1}(f, d, d * 1), d));
  // At d = 0 BCE is log 2 whatever the target; its slope is (1/2 - target) / N for each half.
  const Tensors out = f.run({{"d", std::vector<double>(2000, 0.0)}});
  CHECK(out.at("loss")[0] == doctest::Approx(2 * std::log(2.0)));
  int flipped = 0, both = 0;
  for (const double slope : out.at("slope")) {  // 0: none or both flipped
    flipped += std::abs(slope * 2000) > 0.5;
    both += slope > 0;
  }
  // P(exactly one) = 2 * 0.1 * 0.9 = 0.18 +- 0.009
  CHECK(flipped > 300);
  CHECK(flipped < 420);
  CHECK(both > 120);
  CHECK(both < 240);
  CHECK_THROWS_WITH_AS(Adversarial{.flip = 1.5}(f, d, d),
                       "loss (Adversarial): flip is 1.5, it must be from 0 to 1", Error);
}

TEST_CASE("flip 1 exchanges the targets, smoothed ones too") {
  TestFormula f(3);
  const Value a = f.input("a", {3, 1}), b = f.input("b", {3, 1});
  f.output("flipped", Adversarial{.real_target = 0.9, .fake_target = 0.2, .flip = 1}(f, a, b));
  f.output("exchanged", Adversarial{.real_target = 0.2, .fake_target = 0.9}(f, a, b));
  const Tensors out = f.run({{"a", {1, -2, 3}}, {"b", {0.5, 1, -1}}});
  CHECK(out.at("flipped")[0] == doctest::Approx(out.at("exchanged")[0]).epsilon(1e-14));
}

TEST_CASE("instance noise has the standard deviation asked for") {
  TestFormula f(1);
  const Value x = f.input("x", {1, 10000});
  f.output("y", InstanceNoise{.sigma = 0.5}(f, x));
  const Tensors out = f.run({{"x", std::vector<double>(10000, 2.0)}});
  double mean = 0, square = 0;
  for (const double v : out.at("y")) mean += v / 1e4, square += (v - 2) * (v - 2) / 1e4;
  CHECK(mean == doctest::Approx(2).epsilon(0.01));
  CHECK(std::sqrt(square) == doctest::Approx(0.5).epsilon(0.03));
}

TEST_CASE("blend: exactly the old layer at 0, the new one at 1") {
  TestFormula f(1, "fade", "Blend");
  const Value a = f.input("a", {1, 2}), b = f.input("b", {1, 2});
  f.output("y", Blend{.alpha = linear(0, 1, 0, 4)}(f, a, b));
  const Tensors in{{"a", {0.1, 3}}, {"b", {0.7, -5}}};
  CHECK(f.run(in, 0).at("y") == in.at("a"));
  CHECK(f.run(in, 1).at("y")[1] == 1);
  CHECK(f.run(in, 4).at("y")[0] == doctest::Approx(0.7).epsilon(1e-15));
  CHECK_THROWS_WITH_AS(Blend{}(f, a, f.input("c", {1, 3})),
                       "fade (Blend): old and fresh must have equal shapes: old (1,2), fresh (1,3)",
                       Error);
}

TEST_CASE("average follows a network's parameters and statistics, and starts where it starts") {
  const Network g("G", layers({Linear{.out = 2}, BatchNorm{.momentum = 0.5, .eps = 1}}));
  TestFormula f(2, "average", "Average");
  const Value x = f.input("x", {2, 1});
  const Value y = g(f, x);
  Average{.network = g, .decay = 0.75}(f);
  const Value smooth = averaged(g)(f, x);
  f.output("smooth", smooth);
  f.minimize(sum(y), "G/", Sgd{.lr = 1});
  CHECK(f.state()["G.average/linear1/w"] == f.state()["G/linear1/w"]);
  CHECK(f.variables("G/").size() == f.variables("G.average/").size());
  for (const VariableInfo& v : f.variables("G.average/")) CHECK(v.keep == Keep::state);

  f.state()["G/linear1/w"] = {2, -2};
  f.state()["G.average/linear1/w"] = {6, 2};
  f.state()["G/norm1/shift"] = {0, 4};
  f.state()["G.average/norm1/mean"] = {1, 0};
  const Tensors out = f.run({{"x", {1, 3}}});
  // Evaluation mode with the averages as the step began: (6 x + b - 1) / sqrt(1 + 1).
  const double b = f.state()["G.average/linear1/b"][0];
  CHECK(out.at("smooth")[0] == doctest::Approx((6 + b - 1) / std::sqrt(2.0)));
  CHECK(f.state()["G.average/linear1/w"][0] == 0.75 * 6 + 0.25 * 2);
  CHECK(f.state()["G.average/linear1/w"][1] == 0.75 * 2 + 0.25 * -2);
  CHECK(f.state()["G.average/norm1/shift"][1] == 1);
  CHECK(f.state()["G.average/norm1/mean"][0] == 0.75);  // of G's mean before it moved, 0
  f.run({{"x", {1, 3}}});
  CHECK(f.state()["G.average/norm1/mean"][0] != 0.75 * 0.75);

  TestFormula early(1, "average", "Average");
  CHECK_THROWS_WITH_AS(
      Average{.network = g}(early),
      "average (Average): network 'G' has no Variables yet: add the node after the "
      "first forward of it",
      Error);
}

TEST_CASE("historical averaging: distance to the mean of all steps, by hand") {
  const Network d("D", layers({Linear{.out = 1, .bias = false}}));
  TestFormula f(1, "history", "HistoricalAverage");
  d(f, f.input("x", {1, 2}));
  const Value w = f.variable("D/linear1/w", {2, 1}, Keep::parameter, init::constant(0));
  const Value term = HistoricalAverage{.network = d, .weight = 0.5}(f);
  f.output("term", term);
  f.output("slope", gradient(term, w));
  std::vector<double> past;
  for (const double v : {3.0, 5.0, -2.0}) {
    past.push_back(v);
    double mean = 0;
    for (const double p : past) mean += p / static_cast<double>(past.size());
    const Tensors out = f.run({{"x", {0, 0}}, {"D/linear1/w", {v, 1}}});
    CHECK(out.at("term")[0] == doctest::Approx(0.5 * (v - mean) * (v - mean)));
    CHECK(out.at("slope")[0] == doctest::Approx(v - mean));
    CHECK(out.at("slope")[1] == doctest::Approx(0));
  }
  CHECK(f.state()["history/steps"][0] == 3);
  CHECK(f.state()["history/D/linear1/w/mean"][0] == doctest::Approx(2));
}

TEST_CASE("feature matching: distance of mean features, layer by name") {
  const Network d("D", layers({Linear{.out = 2, .bias = false}, relu, Linear{.out = 1}}));
  TestFormula f(2, "features", "Features");
  const Value real = f.input("real", {2, 1}), fake = f.input("fake", {2, 1});
  const Features features{d, "linear1"};
  const Value a = features(f, real), b = features(f, fake);
  f.output("square", FeatureMatching{}(f, a, b));
  f.output("norm", FeatureMatching{.squared = false}(f, a, b));
  f.state()["D/linear1/w"] = {3, -4};
  const Tensors out = f.run({{"real", {1, 2}}, {"fake", {0, 1}}});
  CHECK(out.at("square")[0] == doctest::Approx(25));
  CHECK(out.at("norm")[0] == doctest::Approx(5));
  CHECK_THROWS_WITH_AS((Features{d, "conv1"}(f, real)),
                       "features (Features): network 'D' has no layer 'conv1', there are: "
                       "D/linear1, D/linear2",
                       Error);
  check_gradients(
      [&](Args x) {
        TestFormula g(x[0].builder(), 3);
        return FeatureMatching{}(g, x[0], x[1]) + FeatureMatching{.squared = false}(g, x[0], x[1]);
      },
      {{{3, 2}}, {{4, 2}}});
}

TEST_CASE("replay keeps the first sample of every batch in turn") {
  TestFormula f(2, "remember", "Remember");
  const Value x = f.input("x", {2, 2});
  Remember{.memory = "past", .capacity = 3}(f, x);
  f.output("past", Recall{.memory = "past", .capacity = 3}(f, x));
  for (int step = 1; step <= 4; ++step) {
    const double v = step;
    f.run({{"x", {v, 10 * v, -1, -1}}});
  }
  CHECK(f.state()["past/samples"] == std::vector<double>{4, 40, 2, 20, 3, 30});
  CHECK(f.run({{"x", {5, 5, 5, 5}}}).at("past") == std::vector<double>{4, 40, 2, 20, 3, 30});
  CHECK_THROWS_WITH_AS((Remember{.capacity = 0}(f, x)),
                       "remember (Remember): capacity is 0, it must be at least 1", Error);
}

TEST_CASE("adaptive augmentation: the probability moves every fourth step, never below 0") {
  TestFormula f(2, "adapt", "AdaptAugment");
  const Value d = f.input("d", {2, 1});
  AdaptAugment{.target = 0.6, .images = 80}(f, d);
  const auto step = [&](double a, double b) {
    const Tensors out = f.run({{"d", {a, b}}});
    CHECK(out.at("adapt.r")[0] == ((a > 0) - (a < 0) + (b > 0) - (b < 0)) / 2.0);
    return f.state()["augment/p"][0];
  };
  // r = 1, 1, 1, 0: mean 0.75 > 0.6; by 4 * 2 / 80.
  CHECK(step(3, 1) == 0);
  CHECK(step(3, 1e-9) == 0);
  CHECK(step(1, 1) == 0);
  CHECK(step(1, -1) == doctest::Approx(0.1));
  CHECK(f.state()["augment/sum"][0] == 0);
  CHECK(f.state()["augment/steps"][0] == 0);
  for (int i = 0; i < 4; ++i) step(5, 5);
  CHECK(f.state()["augment/p"][0] == doctest::Approx(0.2));
  // 1, 1, 0, 0: 0.5 < 0.6.
  for (const double other : {1, 1, -1, -1}) step(2, other);
  CHECK(f.state()["augment/p"][0] == doctest::Approx(0.1));
  for (int i = 0; i < 12; ++i) step(-1, -1);
  CHECK(f.state()["augment/p"][0] == 0);
  CHECK_THROWS_WITH_AS((AdaptAugment{.target = 1}(f, d)),
                       "adapt (AdaptAugment): target is 1, it must be above -1 and below 1", Error);
}

TEST_CASE("adaptive augmentation: images are changed as often as its probability says") {
  constexpr Extent n = 500;
  TestFormula f(n, "augment", "DiffAugment");
  const Value x = f.input("x", {n, 1, 4, 4});
  f.output("y", DiffAugment{.colour = false, .translation = false, .memory = "m"}(f, x));
  const std::vector<double> images(n * 16, 0.5);
  for (const double p : {0.0, 0.25, 1.0, 1.5}) {  // above 1 it is always
    f.state()["m/p"] = {p};
    const Tensors out = f.run({{"x", images}});
    int changed = 0;
    for (Extent i = 0; i < n; ++i)
      changed += std::any_of(&out.at("y")[i * 16], &out.at("y")[i * 16] + 16,
                             [](double v) { return v != 0.5; });
    CHECK(std::abs(changed - n * std::min(p, 1.0)) <= (p == 0.25 ? 40 : 0));
  }
}

TEST_CASE("the replay phase comes once each time the memory is full") {
  const auto counts = [](const Count& count, int macros) {
    std::string text;
    for (int m = 0; m < macros; ++m) text += std::to_string(count.at()(static_cast<unsigned>(m)));
    return text;
  };
  CHECK(counts(replay_when_full(3), 9) == "001001001");
  CHECK(counts(replay_when_full(10, 5), 6) == "010101");
  CHECK(counts(replay_when_full(2, 5), 2) == "23");  // 5 steps: filled twice, then at 6, 8, 10
}

TEST_SUITE_END();
