#include "ops/penalties/gradient_penalty.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "ops/layers/mlp.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/reduce.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

// D(x) = x w with w = start: slope w everywhere.
Network linear_critic(std::vector<double> start) {
  return {
      "D", [start](Formula& f, Value x) {
        return matmul(x, f.variable("w", {x.shape()[1], 1}, Keep::parameter, init::values(start)));
      }};
}

// D(x) = |x|^2 / 2: the slope at x_mu is x_mu itself.
const Network kSquare("D", [](Formula&, Value x) { return affine(row_sums(square(x)), 0.5, 0); });

struct Samples {
  explicit Samples(Extent n) : f(n, "penalty", "GradientPenalty") {}
  TestFormula f;
  Value real = f.input("real", {f.batch(), 2});
  Value fake = f.input("fake", {f.batch(), 2});
};

std::vector<double> repeated(std::initializer_list<double> row, Extent n) {
  std::vector<double> v;
  for (Extent i = 0; i < n; ++i) v.insert(v.end(), row);
  return v;
}

}  // namespace

TEST_CASE("a linear critic pays lambda (|w| - 1)^2, or lambda |w|^2 for target 0") {
  Samples s(4);
  const Network d = linear_critic({3, 4});
  s.f.output("centred", GradientPenalty{.critic = d}(s.f, s.real, s.fake));
  s.f.output("simple", GradientPenalty{.critic = d, .target = 0}(s.f, s.real, s.fake));
  Tensors in{{"real", repeated({1, 2}, 4)}, {"fake", repeated({0, 1}, 4)}};
  const Tensors out = s.f.run(in);
  CHECK(out.at("centred")[0] == doctest::Approx(160));
  CHECK(out.at("simple")[0] == doctest::Approx(250));
  REQUIRE(out.at("penalty.gradient_norm").size() == 4);
  for (double norm : out.at("penalty.gradient_norm")) CHECK(norm == doctest::Approx(5));
  in["penalty.lambda"] = {0.1};  // a run-time input: no new program for another lambda
  CHECK(s.f.run(in).at("simple")[0] == doctest::Approx(2.5));
}

TEST_CASE("the penalty's gradient by the parameters is of second order") {
  Samples s(4);
  const Network d = linear_critic({3, 4});
  const Value centred = GradientPenalty{.critic = d}(s.f, s.real, s.fake);
  const Value simple = GradientPenalty{.critic = d, .target = 0}(s.f, s.real, s.fake);
  const Value w = variable(s.f.builder(), "D/w", {{2, 1}});
  s.f.output("centred", gradient(centred, w));
  s.f.output("simple", gradient(simple, w));
  const Tensors out = s.f.run({{"real", repeated({1, 2}, 4)}, {"fake", repeated({0, 1}, 4)}});
  CHECK(out.at("centred")[0] == doctest::Approx(20 * 4 * 0.6));  // 2 lambda (|w| - 1) w / |w|
  CHECK(out.at("centred")[1] == doctest::Approx(20 * 4 * 0.8));
  CHECK(out.at("simple")[0] == doctest::Approx(60));  // 2 lambda w
  CHECK(out.at("simple")[1] == doctest::Approx(80));
}

TEST_CASE("a flat critic has a finite penalty and a finite gradient") {
  Samples s(4);
  const Value loss = GradientPenalty{.critic = linear_critic({0, 0})}(s.f, s.real, s.fake);
  s.f.output("loss", loss);
  s.f.output("slope", gradient(loss, variable(s.f.builder(), "D/w", {{2, 1}})));
  for (Precision precision : {Precision::float32, Precision::float64}) {
    const Tensors out =
        s.f.run({{"real", repeated({1, 2}, 4)}, {"fake", repeated({0, 1}, 4)}}, 0, precision);
    CHECK(out.at("loss")[0] == doctest::Approx(10).epsilon(1e-5));
    CHECK(out.at("slope") == std::vector<double>{0, 0});
  }
}

TEST_CASE("real, fake and midpoint look where they say") {
  Samples s(1);
  const auto at = [&](const char* name, const Measure& m) {
    s.f.output(name, m(s.f, s.real, s.fake));
  };
  at("real x", measure::real);
  at("fake x", measure::fake);
  at("midpoint x", measure::midpoint);
  at("custom x", [](Formula&, Value real, Value) { return affine(real, 2, 0); });
  const Tensors out = s.f.run({{"real", {4, 8}}, {"fake", {2, -2}}});
  CHECK(out.at("real x") == std::vector<double>{4, 8});
  CHECK(out.at("fake x") == std::vector<double>{2, -2});
  CHECK(out.at("midpoint x") == std::vector<double>{3, 3});
  CHECK(out.at("custom x") == std::vector<double>{8, 16});
}

TEST_CASE("interpolated points lie on the segment, one draw per sample and step") {
  const Extent n = 500;
  Samples s(n);
  s.f.output("x", measure::interpolated(s.f, s.real, s.fake));
  const Tensors in{{"real", repeated({3, 5}, n)}, {"fake", repeated({1, 1}, n)}};
  const auto x = s.f.run(in).at("x");
  std::set<double> distinct;
  double mean = 0;
  for (Extent i = 0; i < n; ++i) {
    const double a = (x[2 * i] - 1) / 2;  // x = fake + a (real - fake)
    CHECK((a > 0 && a < 1));
    CHECK((x[2 * i + 1] - 1) / 4 == doctest::Approx(a));
    distinct.insert(a);
    mean += a / static_cast<double>(n);
  }
  CHECK(static_cast<Extent>(distinct.size()) == n);
  CHECK(mean == doctest::Approx(0.5).epsilon(0.13));  // 5 standard errors
  CHECK(s.f.run(in, 1).at("x") != x);
}

TEST_CASE("dragan points lie up to half a deviation of the real batch above the real samples") {
  const Extent n = 500;
  Samples s(n);
  s.f.output("x", measure::dragan(s.f, s.real, s.fake));
  // Elements 1 and 5 in equal parts: mean 3, deviation 2, so x - real = 0.5 2 u = u.
  const Tensors in{{"real", repeated({1, 5}, n)}, {"fake", repeated({-7, 9}, n)}};
  const auto x = s.f.run(in).at("x");
  std::set<double> distinct;
  double mean = 0;
  for (Extent i = 0; i < n; ++i)
    for (const auto& [element, real] : {std::pair{2 * i, 1.0}, std::pair{2 * i + 1, 5.0}}) {
      const double u = x[static_cast<std::size_t>(element)] - real;
      CHECK((u > 0 && u < 1));
      distinct.insert(u);
      mean += u / static_cast<double>(2 * n);
    }
  CHECK(static_cast<Extent>(distinct.size()) == 2 * n);  // a draw an element, not a sample
  CHECK(mean == doctest::Approx(0.5).epsilon(0.1));      // 5 standard errors
  CHECK(s.f.run(in, 1).at("x") != x);
  // The fakes play no part.
  CHECK(s.f.run({{"real", repeated({1, 5}, n)}, {"fake", repeated({0, 0}, n)}}).at("x") == x);
}

TEST_CASE("anchored points lie between one fixed sample and the fakes") {
  Samples s(3);
  s.f.output("x", measure::anchored(init::values({2, -1}))(s.f, s.real, s.fake));
  REQUIRE(s.f.variables().size() == 1);
  CHECK(s.f.variables()[0].name == "penalty/anchor");
  CHECK(s.f.variables()[0].shape == Shape{2});
  CHECK(s.f.variables()[0].keep == Keep::state);
  const auto x = s.f.run({{"real", repeated({9, 9}, 3)}, {"fake", repeated({0, 0}, 3)}}).at("x");
  for (int i = 0; i < 3; ++i) {
    CHECK((x[2 * i] > 0 && x[2 * i] < 2));
    CHECK(x[2 * i + 1] == doctest::Approx(-0.5 * x[2 * i]));
  }
}

TEST_CASE("each measure feeds the penalty: the slope of |x|^2 / 2 is x_mu") {
  std::vector<std::string> names;
  for (const auto& [name, m] : measure::all(init::values({2, -1}))) {
    CAPTURE(name);
    names.push_back(name);
    Samples s(2);
    const GradientPenalty penalty{.critic = kSquare, .lambda = 1, .target = 0, .measure = m};
    s.f.output("penalty", penalty(s.f, s.real, s.fake));
    s.f.output("x", m(s.f, s.real, s.fake));
    const Tensors out = s.f.run({{"real", {4, 8, 1, 0}}, {"fake", {2, -2, 3, 5}}});
    const auto& x = out.at("x");
    CHECK(out.at("penalty")[0] ==
          doctest::Approx((x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3]) / 2));
  }
  CHECK(names ==
        std::vector<std::string>{"interpolated", "real", "fake", "midpoint", "dragan", "anchored"});
}

TEST_CASE("what does not fit is refused") {
  TestFormula f(4, "penalty", "GradientPenalty");
  const Value real = f.input("real", {4, 784}), fake = f.input("fake", {4, 100});
  CHECK_THROWS_WITH_AS(
      (GradientPenalty{.critic = kSquare}(f, real, fake)),
      "penalty (GradientPenalty): real and fake must have equal shapes: real (4,784), fake (4,100)",
      Error);
  CHECK_THROWS_WITH_AS((GradientPenalty{.critic = kSquare, .target = -1}(f, real, real)),
                       "penalty (GradientPenalty): target is -1, it must be at least 0", Error);
  CHECK_THROWS_WITH_AS(GradientPenalty{}(f, real, real),
                       "penalty: its network is empty, give it one made by Graph::network()",
                       Error);
}

TEST_SUITE_END();
