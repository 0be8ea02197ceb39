// Normalisations and layers that see the whole batch: values by hand, state, refusals.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "engine/error.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "ops/layers/batch_norm.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/layers/minibatch.h"
#include "ops/layers/mlp.h"
#include "ops/layers/spectral_norm.h"
#include "ops/layers/virtual_batch_norm.h"
#include "ops/primitives/primitives.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("layers");

namespace {

void check_close(const std::vector<double>& got, const std::vector<double>& expected,
                 double tolerance = 1e-12) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(got[i] - expected[i]) <= tolerance);
  }
}

struct Stats {
  double mean, variance;
};
Stats stats(std::vector<double> x) {
  const double n = static_cast<double>(x.size());
  const double m = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double v = 0;
  for (const double e : x) v += (e - m) * (e - m) / n;
  return {m, v};
}

}  // namespace

TEST_CASE("batch norm normalises channels and moves its standing statistics") {
  TestFormula f(2);
  const Value x = f.input("x", {2, 2, 2});  // N, C, W
  const Formula::Scope scope(f, "n/");
  f.output("y", BatchNorm{.momentum = 0.9, .eps = 0.5}(f, x));
  f.state()["n/scale"] = {2, 3};
  f.state()["n/shift"] = {-1, 4};
  const std::vector<double> in{1, 2, 10, 20, 3, 6, 30, 60};
  const Stats a = stats({1, 2, 3, 6}), b = stats({10, 20, 30, 60});
  const Tensors out = f.run({{"x", in}});
  std::vector<double> expected;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool second = i / 2 % 2;
    const Stats s = second ? b : a;
    expected.push_back((in[i] - s.mean) / std::sqrt(s.variance + 0.5) * (second ? 3 : 2) +
                       (second ? 4 : -1));
  }
  check_close(out.at("y"), expected);
  check_close(f.state()["n/mean"], {0.1 * a.mean, 0.1 * b.mean});
  check_close(f.state()["n/variance"], {0.9 + 0.1 * a.variance, 0.9 + 0.1 * b.variance});
}

// Was: scale and shift could only begin as 1 and 0.
TEST_CASE("the scale and shift of norms begin as the options say") {
  const NormInit start{.scale = init::normal(0.02, 1), .shift = init::constant(0.25)};
  TestFormula f(2);
  const Value x = f.input("x", {2, 500});
  const auto at = [&](const std::string& scope, const auto& norm) {
    const Formula::Scope in(f, scope);
    norm(f, x);
  };
  at("b/", BatchNorm{.init = start});
  at("l/", LayerNorm{.init = start});
  at("v/", VirtualBatchNorm{.rows = 1, .init = start});
  for (const std::string layer : {"b/", "l/", "v/"}) {
    const Stats scale = stats(f.state().at(layer + "scale"));
    CHECK(std::abs(scale.mean - 1) < 5 * 0.02 / std::sqrt(500));
    CHECK(std::abs(std::sqrt(scale.variance) - 0.02) < 5 * 0.02 / std::sqrt(1000));
    check_close(f.state().at(layer + "shift"), std::vector<double>(500, 0.25));
  }
}

TEST_CASE("batch norm in evaluation uses the standing statistics and leaves them") {
  TestFormula f(1);
  const Value x = f.input("x", {1, 2});
  f.evaluate_from_now();
  f.output("y", BatchNorm{.eps = 1}(f, x));
  f.state()["mean"] = {1, -1};
  f.state()["variance"] = {3, 8};
  check_close(f.run({{"x", {5, 5}}}).at("y"), {2, 2});
  check_close(f.state()["mean"], {1, -1});
}

TEST_CASE("layer norm normalises samples, scale and shift are per channel") {
  TestFormula f(2);
  const Value x = f.input("x", {2, 2, 2});
  f.output("y", LayerNorm{.eps = 0.5}(f, x));
  f.state()["scale"] = {2, 3};
  f.state()["shift"] = {-1, 4};
  const std::vector<double> in{1, 2, 10, 20, 3, 6, 30, 60};
  std::vector<double> expected;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const Stats s = i < 4 ? stats({1, 2, 10, 20}) : stats({3, 6, 30, 60});
    const bool second = i / 2 % 2;
    expected.push_back((in[i] - s.mean) / std::sqrt(s.variance + 0.5) * (second ? 3 : 2) +
                       (second ? 4 : -1));
  }
  check_close(f.run({{"x", in}}).at("y"), expected);
}

TEST_CASE("virtual batch norm: statistics of the reference, with each example, with the batch") {
  const std::vector<double> reference{1, 3}, batch{4, 10};
  for (const ReferenceMode mode :
       {ReferenceMode::reference, ReferenceMode::per_example, ReferenceMode::with_batch}) {
    TestFormula f(2);
    const Value x = f.input("x", {2, 1});
    const VirtualBatchNorm norm{.rows = 2, .mode = mode, .eps = 0.5};
    f.output("y", on_reference(2, layers({norm}))(f, x));
    f.state()["reference"] = reference;
    std::vector<double> expected;
    for (const double v : batch) {
      Stats s = stats(reference);
      if (mode == ReferenceMode::per_example) s = stats({1, 3, v});
      if (mode == ReferenceMode::with_batch) s = stats({1, 3, 4, 10});
      expected.push_back((v - s.mean) / std::sqrt(s.variance + 0.5));
    }
    check_close(f.run({{"x", batch}}).at("y"), expected);
    check_close(f.state()["reference"], reference);
  }
}

TEST_CASE("virtual batch norm: the reference goes first and takes the current labels") {
  TestFormula f(3);
  const Value x = f.input("x", {3, 1}), c = f.input("c", {3, 1});
  const auto network = on_reference(2, layers({Condition{}, Linear{.out = 1, .bias = false},
                                               VirtualBatchNorm{.rows = 2, .eps = 1e-9}}));
  f.output("y", network(f, x, c));
  f.state()["linear1/w"] = {1, 10};
  f.state()["reference"] = {0, 2};
  // Reference rows 0 + 10, 2 + 30 = 10, 32; current rows x + 10 c.
  const std::vector<double> rows{1 + 10, 5 + 30, 2 + 50};
  std::vector<double> expected;
  for (const double v : rows) {
    const Stats s = stats({10, 32, v});
    expected.push_back((v - s.mean) / std::sqrt(s.variance));
  }
  check_close(f.run({{"x", {1, 5, 2}}, {"c", {1, 3, 5}}}).at("y"), expected, 1e-8);

  TestFormula small(1, "generate", "Forward");
  const Value one = small.input("x", {1, 1}), label = small.input("c", {1, 1});
  CHECK(network(small, one, label).shape() == Shape{1, 1});
}

TEST_CASE("spectral norm: sigma is within 1 % of the largest singular value after 50 steps") {
  // w = R(0.3) diag(3, 2.5) R(1.1)' has singular values 3 and 2.5.
  const double c = std::cos(0.3), s = std::sin(0.3), d = std::cos(1.1), e = std::sin(1.1);
  const std::vector<double> w{3 * c * d + 2.5 * s * e, 3 * c * e - 2.5 * s * d,
                              3 * s * d - 2.5 * c * e, 3 * s * e + 2.5 * c * d};
  TestFormula f(1);
  const Value stored = f.input("w", {2, 2});
  f.output("y", SpectralNorm{}(f, stored));
  std::vector<double> y;
  for (int step = 0; step < 50; ++step) y = f.run({{"w", w}}).at("y");
  CHECK(w[0] / y[0] == doctest::Approx(3).epsilon(0.01));
  const std::vector<double> u = f.state()["u"];
  CHECK(std::hypot(u[0], u[1]) == doctest::Approx(1).epsilon(1e-9));

  TestFormula frozen(1);
  const Value same = frozen.input("w", {2, 2});
  frozen.evaluate_from_now();
  frozen.output("y", SpectralNorm{}(frozen, same));
  frozen.state()["u"] = u;
  CHECK(frozen.run({{"w", w}}).at("y")[0] == doctest::Approx(y[0]).epsilon(1e-3));
  CHECK(frozen.state()["u"] == u);
}

TEST_CASE("spectral norm: u and v are held fixed in every derivative") {
  const std::vector<CheckedInput> inputs{{{3, 4}}, {{3}}, {{4}}};
  const auto fixed = [](Args x) {
    return x[0] / sum(reshape(x[1], {1, 3}) * matmul(reshape(x[2], {1, 4}), x[0], false, true));
  };
  check_gradients(fixed, inputs);

  TestFormula f(1);
  const Value w = f.input("w", {3, 4});
  const Value y = SpectralNorm{.iterations = 2}(f, w);
  const Value g = gradient(sum(tanh(y)), w);
  f.output("y", y);
  f.output("g", g);
  f.output("h", gradient(sum(square(g)), w));
  const std::vector<double> at = drawn(12, 4);
  const Tensors got = f.run({{"w", at}});
  const std::vector<double> u = f.state()["u"];  // of the second iteration
  std::vector<double> v(4);                      // from the first's: W' u / |W' u|
  {
    TestFormula again(1);
    const Value matrix = again.input("w", {3, 4});
    again.output("y", SpectralNorm{}(again, matrix));
    again.run({{"w", at}});
    double length = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      for (std::size_t i = 0; i < 3; ++i) v[j] += again.state()["u"][i] * at[4 * i + j];
      length += v[j] * v[j];
    }
    for (double& e : v) e /= std::sqrt(length);
  }
  Builder builder;
  const std::array args{input(builder, "w", {{3, 4}}), input(builder, "u", {{3}}),
                        input(builder, "v", {{4}})};
  const Value z = fixed(args), k = gradient(sum(tanh(z)), args[0]);
  output(builder, "y", z);
  output(builder, "g", k);
  output(builder, "h", gradient(sum(square(k)), args[0]));
  const Tensors expected = evaluate(builder.program(), {{"w", at}, {"u", u}, {"v", v}});
  for (const char* name : {"y", "g", "h"}) {
    CAPTURE(name);
    check_close(got.at(name), expected.at(name), 1e-9);
  }
}

TEST_CASE("minibatch discrimination appends the closeness of samples") {
  TestFormula f(2);
  const Value x = f.input("x", {2, 1});
  f.output("y", MinibatchDiscrimination{.kernels = 2, .width = 2}(f, x));
  f.state()["t"] = {1, -2, 3, 0};  // kernel 0: (1, -2), kernel 1: (3, 0)
  // The samples differ by 0.5: |.|_1 = 0.5 (1 + 2) and 0.5 * 3.
  const double o = 1 + std::exp(-1.5);
  check_close(f.run({{"x", {1, 1.5}}}).at("y"), {1, o, o, 1.5, o, o});
}

TEST_CASE("minibatch deviation: one number as a map, 0 for equal samples") {
  TestFormula f(2);
  const Value x = f.input("x", {2, 1, 2});
  f.output("y", MinibatchDeviation{}(f, x));
  check_close(f.run({{"x", {1, 4, 3, 10}}}).at("y"), {1, 4, 2, 2, 3, 10, 2, 2}, 1e-9);
  check_close(f.run({{"x", {7, 5, 7, 5}}}).at("y"), {7, 5, 0, 0, 7, 5, 0, 0}, 1e-5);
}

TEST_CASE("layers with Variables are numbered by kind, lists in lists are blocks") {
  TestFormula f(2, "critic_real", "Forward");
  const Network d("D", layers({Linear{.out = 3}, BatchNorm{}, tanh, layers({Linear{.out = 2}}),
                               leaky_relu(0.2), Linear{.out = 1, .bias = false}, relu}));
  CHECK(d(f, f.input("x", {2, 4})).shape() == Shape{2, 1});
  std::vector<std::string> names;
  for (const VariableInfo& v : f.variables()) names.push_back(v.name);
  CHECK(names == std::vector<std::string>{"D/linear1/w", "D/linear1/b", "D/norm1/mean",
                                          "D/norm1/variance", "D/norm1/scale", "D/norm1/shift",
                                          "D/block1/linear1/w", "D/block1/linear1/b",
                                          "D/linear2/w"});
}

TEST_CASE("label planes: the class as constant planes behind the image") {
  TestFormula f(1);
  const Value image = f.input("x", {1, 1, 2, 2}), label = f.input("c", {1, 3});
  f.output("y", Condition{}(f, image, label));
  check_close(f.run({{"x", {1, 2, 3, 4}}, {"c", {0, 1, 0}}}).at("y"),
              {1, 2, 3, 4, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0});
}

TEST_CASE("a condition that is missing, or that nobody reads, is refused") {
  TestFormula f(2, "critic_real", "Forward");
  const Value x = f.input("x", {2, 4}), c = f.input("c", {2, 3});
  const Network plain("D", layers({Linear{.out = 1}})), conditional("C", layers({Condition{}}));
  CHECK_THROWS_WITH_AS(plain(f, x, c),
                       "critic_real (Forward): the network takes no condition: add Condition{} to "
                       "its layers or remove that input",
                       Error);
  CHECK_THROWS_WITH_AS(
      conditional(f, x),
      "critic_real (Forward): the network is conditional: give it labels as another input", Error);
  CHECK_THROWS_WITH_AS(Network("M", mlp({4, 1}, relu))(f, x, c),
                       "critic_real: the network takes no condition, remove that input", Error);
  CHECK(conditional(f, x, c).shape() == Shape{2, 7});
}

TEST_SUITE_END();
