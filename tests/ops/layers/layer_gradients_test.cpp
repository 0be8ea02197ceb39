// First and second order derivatives of layers against central differences in float64, by inputs
// and parameters.
#include <doctest/doctest.h>

#include "ops/layers/batch_norm.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/layers/minibatch.h"
#include "ops/layers/virtual_batch_norm.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("layers");

namespace {

// x[0] through `layer`, x[1..] as the Variables `names`; curvature comes from the tanh behind it.
void check_layer(const Layer& layer, const Shape& shape, const std::vector<std::string>& names,
                 const std::vector<Shape>& shapes, const Tensors& state = {},
                 bool training = true) {
  std::vector<CheckedInput> inputs{{shape}};
  for (const Shape& s : shapes) inputs.push_back({s, 0.4, 1.4});
  check_gradients(
      [&](Args x) {
        TestFormula f(x[0].builder(), shape.rows());
        if (!training) f.evaluate_from_now();
        for (std::size_t i = 0; i < names.size(); ++i) f.bind(names[i], x[i + 1]);
        return tanh(layer(f, x[0], {}));
      },
      inputs, {.bound = state});
}

}  // namespace

TEST_CASE("gradients of batch norm: training and evaluation, features and images") {
  const Tensors state{{"mean", {0.1, -0.2}}, {"variance", {0.8, 1.3}}};
  for (const Shape& shape : {Shape{4, 2}, Shape{3, 2, 2, 2}})
    for (const bool training : {true, false})
      check_layer(BatchNorm{.eps = 1e-3}, shape, {"scale", "shift"}, {{2}, {2}}, state, training);
}

TEST_CASE("gradients of layer norm") {
  check_layer(LayerNorm{.eps = 1e-3}, {3, 4}, {"scale", "shift"}, {{4}, {4}});
  check_layer(LayerNorm{.eps = 1e-3}, {2, 3, 2, 2}, {"scale", "shift"}, {{3}, {3}});
}

TEST_CASE("gradients of virtual batch norm, every mode, reference included") {
  for (const ReferenceMode mode :
       {ReferenceMode::reference, ReferenceMode::per_example, ReferenceMode::with_batch}) {
    const VirtualBatchNorm norm{.rows = 2, .mode = mode, .eps = 1e-1};
    check_layer(norm, {5, 2}, {"scale", "shift"}, {{2}, {2}});
    const auto wrapped = [norm](Formula& f, Value x) {
      return on_reference(2, layers({Linear{.out = 3, .bias = false}, norm}))(f, x);
    };
    check_layer(wrapped, {3, 2}, {"linear1/w", "norm1/scale", "reference"}, {{2, 3}, {3}, {2, 2}},
                {{"norm1/shift", {0, 0.1, 0.2}}});
  }
}

TEST_CASE("gradients of the layers that see the batch") {
  check_layer(MinibatchDiscrimination{.kernels = 3, .width = 2}, {3, 2}, {"t"}, {{2, 6}});
  check_layer(MinibatchDeviation{}, {3, 2, 2}, {}, {});
}

TEST_SUITE_END();
