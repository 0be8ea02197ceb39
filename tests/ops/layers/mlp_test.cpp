#include "ops/layers/mlp.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "engine/program/gradient.h"
#include "ops/layers/forward.h"
#include "ops/layers/linear.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

TEST_CASE("linear is x w + b") {
  TestFormula f(2);
  const Value x = f.input("x", {2, 2});
  f.output("y", Linear{.in = 2, .out = 3}(f, x));
  const Tensors out = f.run({{"x", {1, 2, -1, 0.5}},  // (N,I)
                             {"w", {1, 2, 3, 4, 5, 6}},
                             {"b", {10, 20, 30}}});
  CHECK(out.at("y") == std::vector<double>{19, 32, 45, 11, 20.5, 30});
}

TEST_CASE("activations and their slopes at zero") {
  TestFormula f(4);
  const Value x = f.input("x", {5});
  f.output("relu", relu(x));
  f.output("leaky", leaky_relu(0.2)(x));
  f.output("identity", Activation()(x));
  f.output("relu slope", gradient(relu(x), x));
  f.output("leaky slope", gradient(leaky_relu(0.2)(x), x));
  const std::vector<double> xs{-2, -1, 0, 1, 3};
  const Tensors out = f.run({{"x", xs}});
  CHECK(out.at("relu") == std::vector<double>{0, 0, 0, 1, 3});
  CHECK(out.at("leaky") == std::vector<double>{-0.4, -0.2, 0, 1, 3});
  CHECK(out.at("identity") == xs);
  CHECK(out.at("relu slope") == std::vector<double>{0, 0, 0, 1, 1});
  CHECK(out.at("leaky slope") == std::vector<double>{0.2, 0.2, 0.2, 1, 1});
}

TEST_CASE("mlp applies layers in order and names its Variables by layer") {
  const Network net("G", mlp({2, 2, 1}, relu, sigmoid));
  TestFormula f(1);
  const Value x = f.input("x", {1, 2});
  f.output("y", Forward{net}(f, x));
  f.output("again", Forward{net}(f, x));

  std::vector<std::string> names;
  for (const VariableInfo& v : f.variables()) names.push_back(v.name);
  CHECK(names == std::vector<std::string>{"G/0/w", "G/0/b", "G/1/w", "G/1/b"});
  CHECK(f.variables()[0].shape == Shape{2, 2});
  CHECK(f.variables()[2].shape == Shape{2, 1});
  for (const VariableInfo& v : f.variables()) CHECK(v.keep == Keep::parameter);

  // hidden = relu((1 - 2 + 0.5, 3 + 4 - 1)) = (0, 6); y = sigmoid(0 * 7 + 6 * 0.25 - 1)
  const Tensors out = f.run({{"x", {1, 2}},
                             {"G/0/w", {1, 3, -1, 2}},
                             {"G/0/b", {0.5, -1}},
                             {"G/1/w", {7, 0.25}},
                             {"G/1/b", {-1}}});
  CHECK(out.at("y")[0] == doctest::Approx(1 / (1 + std::exp(-0.5))).epsilon(1e-14));
  CHECK(out.at("again") == out.at("y"));
}

TEST_CASE("mlp takes any activation, primitives among them") {
  TestFormula f(1);
  const Value x = f.input("x", {1, 1});
  for (const Activation& a : {Activation(tanh), Activation(sigmoid), Activation(softplus)})
    CHECK(mlp({1, 2, 1}, a)(f, x).shape() == Shape{1, 1});
}

TEST_CASE("a shape that does not fit is told with node, layer, rule and both shapes") {
  const Network critic("D", mlp({100, 128, 1}, relu));
  TestFormula f(64, "critic_real", "Forward");
  const Value x = f.input("x", {64, 784});
  CHECK_THROWS_WITH_AS(Forward{critic}(f, x),
                       "critic_real (Forward): D/0 (linear): x has 784 features, w expects 100: "
                       "x (64,784) [N,I], w (100,128) [I,O]",
                       Error);
  TestFormula g(64, "critic_real", "Forward");
  const Value image = g.input("x", {64, 1, 28, 28});
  CHECK_THROWS_WITH_AS(Forward{critic}(g, image),
                       "critic_real (Forward): D/0 (linear): x has 4 axes, it must have 2: "
                       "x (64,1,28,28), w (100,128) [I,O]",
                       Error);
  CHECK_THROWS_WITH_AS(mlp({784}, relu),
                       "mlp: the sizes are [784], there must be two or more and each at least 1",
                       Error);
  CHECK_THROWS_WITH_AS(
      mlp({784, 0, 1}, relu),
      "mlp: the sizes are [784, 0, 1], there must be two or more and each at least 1", Error);
}

TEST_SUITE_END();
