// Convolutional layers: values by hand, sizes, derivatives through them, refusals.
#include <doctest/doctest.h>

#include "engine/error.h"
#include "ops/layers/batch_norm.h"
#include "ops/layers/conv.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/residual.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("layers");

TEST_CASE("conv: sizes by stride and padding, even kernels too") {
  TestFormula f(1);
  const Value x = f.input("x", {1, 2, 7, 6});
  int i = 0;
  const auto shape = [&](const auto& layer) {
    const Formula::Scope scope(f, std::to_string(i++) + "/");
    return layer(f, x).shape();
  };
  for (const Extent kernel : {3, 4, 5, 7}) {
    CHECK(shape(Conv{.channels = 3, .kernel = kernel, .stride = 2}) == Shape{1, 3, 4, 3});
    CHECK(shape(Deconv{.channels = 3, .kernel = kernel}) == Shape{1, 3, 14, 12});
  }
  CHECK(shape(Conv{.channels = 3, .kernel = 4, .padding = Padding::valid}) == Shape{1, 3, 4, 3});
}

TEST_CASE("conv and deconv by hand") {
  TestFormula f(1);
  const Value x = f.input("x", {1, 1, 2, 2});
  f.output("conv", Conv{.kernel = 2}(f, x));
  const Formula::Scope scope(f, "d/");
  f.output("deconv", Deconv{.kernel = 2}(f, x));
  f.state()["w"] = f.state()["d/w"] = {1, 10, 100, 1000};
  f.state()["b"] = f.state()["d/b"] = {0.5};
  const Tensors out = f.run({{"x", {1, 2, 3, 4}}});
  // The row and column of zeros stand behind the image.
  CHECK(out.at("conv") == std::vector<double>{4321.5, 402.5, 43.5, 4.5});
  CHECK(out.at("deconv") == std::vector<double>{1.5, 10.5, 2.5, 20.5, 100.5, 1000.5, 200.5, 2000.5,
                                                3.5, 30.5, 4.5, 40.5, 300.5, 3000.5, 400.5,
                                                4000.5});
}

TEST_CASE("a residual block without weights passes its shortcut on") {
  TestFormula f(1);
  const Value x = f.input("x", {1, 2, 2, 2});
  f.output("same", ResidualBlock{.channels = 2}(f, x));
  for (auto& [name, value] : f.state()) std::fill(value.begin(), value.end(), 0.0);
  const std::vector<double> in{1, -2, 3, 4, 5, 6, 7, 8};
  CHECK(f.run({{"x", in}}).at("same") == in);
}

TEST_CASE("gradients of residual blocks, first and second order") {
  // `fixed`: a parameter without influence, its gradient is rounding on both sides.
  const auto check = [](const ResidualBlock& block, const Shape& shape,
                        const std::string& fixed = "") {
    TestFormula declared(shape.rows());  // which Variables there are
    block(declared, declared.input("x", shape));
    std::vector<CheckedInput> inputs{{shape}};
    std::vector<std::string> names;
    Tensors state;
    for (const VariableInfo& v : declared.variables()) {
      if (v.keep == Keep::state || v.name == fixed) {
        state[v.name] = std::vector<double>(static_cast<std::size_t>(v.shape.elements()), 1.0);
        continue;
      }
      names.push_back(v.name);
      inputs.push_back({v.shape, -0.6, 0.9});
    }
    check_gradients(
        [&](Args x) {
          TestFormula f(x[0].builder(), shape.rows());
          for (std::size_t i = 0; i < names.size(); ++i) f.bind(names[i], x[i + 1]);
          return square(block(f, x[0]));
        },
        inputs, {.forward = false, .stream = 4, .bound = state});
  };
  for (const Resample resample : {Resample::none, Resample::up, Resample::down, Resample::first}) {
    CAPTURE(static_cast<int>(resample));
    check({.channels = 3, .resample = resample}, {2, 2, 2, 2});
    check({.channels = 2, .resample = resample, .norm = {LayerNorm{.eps = 0.1}}}, {1, 2, 2, 2});
  }
  check({.channels = 2, .resample = Resample::up, .norm = {BatchNorm{.eps = 0.1}}}, {2, 2, 2, 2},
        "conv1/b");
}

TEST_CASE("what does not fit is told with rule and numbers") {
  TestFormula f(2, "critic_real", "Forward");
  const Value flat = f.input("x", {2, 784}), image = f.input("y", {2, 3, 8, 8});
  CHECK_THROWS_WITH_AS(
      Conv{}(f, flat),
      "critic_real (Forward): conv: x (2,784) has 2 axes, images have 4 [N,C,H,W]; "
      "put Unflatten in front",
      Error);
  CHECK_THROWS_WITH_AS(
      (Deconv{.kernel = 1}(f, image)),
      "critic_real (Forward): deconv: kernel is 1 and stride 2, a smaller kernel leaves gaps",
      Error);
  CHECK_THROWS_WITH_AS((Crop{9}(f, image)),
                       "critic_real (Forward): crop: side is 9, x has 8 x 8 pixels: (2,3,8,8)",
                       Error);
  CHECK_THROWS_WITH_AS(
      (Unflatten{{3, 8, 8}}(f, flat)),
      "critic_real (Forward): unflatten: (2,784) has 784 elements a row, (3,8,8) needs 192", Error);
}

TEST_SUITE_END();
