// Whole steps made of formulas: the compiled program against the reference interpreter.
#include <doctest/doctest.h>

#include "ops/layers/batch_norm.h"
#include "ops/layers/forward.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/layers/minibatch.h"
#include "ops/layers/mlp.h"
#include "ops/layers/spectral_norm.h"
#include "ops/layers/virtual_batch_norm.h"
#include "ops/losses/adversarial.h"
#include "ops/losses/wasserstein.h"
#include "ops/optimizers/adam.h"
#include "ops/optimizers/clip.h"
#include "ops/optimizers/rmsprop.h"
#include "ops/optimizers/sgd.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/penalties/smooth_penalty.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/sources/labels.h"
#include "ops/sources/noise.h"
#include "ops/techniques/average.h"
#include "ops/techniques/feature_matching.h"
#include "ops/techniques/historical_average.h"
#include "ops/techniques/replay.h"
#include "ops/transforms/gaussian_blur.h"
#include "ops/transforms/instance_noise.h"
#include "ops/transforms/one_hot.h"
#include "ops/transforms/tunable_sigmoid.h"
#include "support/compiled.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

// Fake and sharpened real samples, losses, penalty and updates in one program.
void critic_step(TestFormula& f, const Optimizer& optimizer, double target, const Measure& m) {
  const Network g("G", mlp({4, 16, 36}, relu, sigmoid)), d("D", mlp({36, 12, 8, 1}, relu));
  const Value image = f.input("image", {f.batch(), 36});
  const Value real = TunableSigmoid{.k = -0.6}(f, GaussianBlur{.sigma = 0.7, .side = 6}(f, image));
  const Value fake = Forward{g}(f, Uniform{.dim = 4}(f));
  const Value d_real = Forward{d}(f, real), d_fake = Forward{d}(f, fake);
  const GradientPenalty penalty{.critic = d, .target = target, .measure = m};
  // Under Wasserstein alone the last bias has gradient 0, and RMSProp would scale up its rounding.
  const Value loss =
      Wasserstein{}(f, d_real, d_fake) + Adversarial{}(f, d_real, d_fake) + penalty(f, real, fake);
  f.output("loss", loss);
  f.minimize(loss, "D/", optimizer);
}

}  // namespace

TEST_CASE("compiled steps equal interpreted ones, with every optimizer and measure") {
  const std::vector<std::pair<Optimizer, Measure>> cases{
      {Sgd{.lr = 0.1, .momentum = 0.9, .l2 = 1e-2}, measure::interpolated},
      {RmsProp{}, measure::interpolated},
      {RmsProp::tf(), measure::real},
      {Adam{.beta1 = 0.5, .beta2 = 0.9}, measure::midpoint},
      {clip_weights(RmsProp{.lr = 5e-5}), measure::fake},
      {Adam{}, measure::anchored(init::uniform(1))}};
  for (std::size_t i = 0; i < cases.size(); ++i)
    for (double target : {1.0, 0.0}) {
      CAPTURE(i);
      CAPTURE(target);
      TestFormula f(8, "critic_step");
      critic_step(f, cases[i].first, target, cases[i].second);
      std::vector<double> image = initial(init::uniform(0.5), 8 * 36);
      for (double& v : image) v += 0.5;
      Tensors in = f.bindings({{"image", image}});
      // float32 against float64: some ten roundings of 6e-8 at magnitude 1.
      for (auto [precision, tolerance] :
           {std::pair{Precision::float64, 1e-12}, std::pair{Precision::float32, 2e-6}}) {
        const Tensors expected =
            evaluate(f.program(), in, {.precision = Precision::float64, .seed = 7, .step = 3});
        const Tensors got =
            run_compiled(f.program(), in,
                         {.compile = {.precision = precision}, .seed = 7, .step = 3, .repeat = 2});
        CHECK(distance(got, expected) <= tolerance);
      }
    }
}

namespace {

// One step in which every layer and technique with state of its own takes part.
void technique_step(TestFormula& f) {
  const VirtualBatchNorm reference{.rows = 3, .eps = 0.1};
  const Network g("G", on_reference(3, layers({Condition{}, Linear{.out = 6}, reference, tanh,
                                               Linear{.out = 5}, BatchNorm{.eps = 0.1}})));
  const SpectralNorm spectral;
  const Network d("D",
                  layers({Condition{}, Linear{.out = 7, .weight = spectral}, LayerNorm{.eps = 0.1},
                          leaky_relu(0.2), MinibatchDiscrimination{.kernels = 3, .width = 2},
                          Linear{.out = 1, .weight = spectral}}));
  const Value real = f.input("image", {f.batch(), 5});
  const Value classes = OneHot{.classes = 3}(f, Labels{.classes = 3}(f));
  const Value z = Normal{.dim = 4}(f);
  const Value images = g(f, z, classes);
  const Value fake = InstanceNoise{.sigma = 0.1}(f, images);
  const Value d_real = d(f, real, classes), d_fake = d(f, fake, classes);
  Remember{.capacity = 4}(f, fake);
  const Value matching = FeatureMatching{}(f, Features{d, "linear1"}(f, real, classes),
                                           Features{d, "linear1"}(f, fake, classes));
  const Value loss = Adversarial{.real_target = 0.9, .flip = 0.2}(f, d_real, d_fake) + matching +
                     HistoricalAverage{.network = d}(f) + SmoothPenalty{.k = 0.01}(f, images, z) +
                     GradientPenalty{.critic = d, .coupled = true}(f, real, fake, classes);
  Average{.network = g}(f);
  f.output("loss", loss);
  // Not Adam: biases in front of a norm have gradient 0, and it would scale up their rounding.
  f.minimize(loss, "", Sgd{.lr = 0.1, .momentum = 0.9});
}

}  // namespace

TEST_CASE("compiled steps of layers and techniques with state equal interpreted ones") {
  TestFormula f(6, "step");
  technique_step(f);
  const Tensors in = f.bindings({{"image", initial(init::uniform(1), 6 * 5)}});
  for (auto [precision, tolerance] :
       {std::pair{Precision::float64, 1e-11}, std::pair{Precision::float32, 2e-5}}) {
    CAPTURE(tolerance);
    const Tensors expected =
        evaluate(f.program(), in, {.precision = Precision::float64, .seed = 7, .step = 3});
    const Tensors got = run_compiled(
        f.program(), in, {.compile = {.precision = precision}, .seed = 7, .step = 3, .repeat = 2});
    CHECK(distance(got, expected) <= tolerance);
  }
}

TEST_SUITE_END();
