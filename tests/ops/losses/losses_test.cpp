#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "engine/program/gradient.h"
#include "ops/losses/adversarial.h"
#include "ops/losses/concave.h"
#include "ops/losses/wasserstein.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

struct Scores {
  TestFormula f{2};
  Value real = f.input("real", {2, 1});
  Value fake = f.input("fake", {2, 1});
  Tensors run(std::vector<double> r, std::vector<double> g,
              Precision precision = Precision::float64) {
    return f.run({{"real", std::move(r)}, {"fake", std::move(g)}}, 0, precision);
  }
};

double softplus_of(double x) { return std::log1p(std::exp(x)); }

}  // namespace

TEST_CASE("Wasserstein losses are differences of means") {
  Scores s;
  s.f.output("critic", Wasserstein{}(s.f, s.real, s.fake));
  s.f.output("generator", WassersteinGenerator{}(s.f, s.fake));
  const Tensors out = s.run({1, -2}, {0.5, 3});
  CHECK(out.at("critic")[0] == doctest::Approx(2.25));
  CHECK(out.at("generator")[0] == doctest::Approx(-1.75));
}

TEST_CASE("adversarial losses by hand, with label smoothing") {
  Scores s;
  s.f.output("plain", Adversarial{}(s.f, s.real, s.fake));
  s.f.output("one-sided", Adversarial{.real_target = 0.9}(s.f, s.real, s.fake));
  s.f.output("two-sided", Adversarial{.real_target = 0.9, .fake_target = 0.1}(s.f, s.real, s.fake));
  s.f.output("minimax", Minimax{}(s.f, s.fake));
  s.f.output("non-saturating", NonSaturating{}(s.f, s.fake));
  const Tensors out = s.run({1, -2}, {0.5, 3});
  CHECK(out.at("plain")[0] == doctest::Approx(1.22009485 + 2.01133217).epsilon(1e-8));
  CHECK(out.at("one-sided")[0] == doctest::Approx(1.17009485 + 2.01133217).epsilon(1e-8));
  CHECK(out.at("two-sided")[0] == doctest::Approx(1.17009485 + 1.83633217).epsilon(1e-8));
  CHECK(out.at("minimax")[0] == doctest::Approx(-2.01133217).epsilon(1e-8));
  CHECK(out.at("non-saturating")[0] ==
        doctest::Approx((softplus_of(-0.5) + softplus_of(-3)) / 2).epsilon(1e-12));
  // At D = 1/2 everywhere the critic's loss is 2 log 2.
  CHECK(s.run({0, 0}, {0, 0}).at("plain")[0] == doctest::Approx(2 * std::log(2)).epsilon(1e-14));
}

TEST_CASE("smoothed targets move the optimal critic to (a p + b q) / (p + q) (GU-11)") {
  Scores s;
  const Value loss = Adversarial{.real_target = 0.9, .fake_target = 0.2}(s.f, s.real, s.fake);
  s.f.output("slope", gradient(loss, s.real) + gradient(loss, s.fake));
  const double best = std::log(0.55 / 0.45);  // p = q: D* = (0.9 + 0.2) / 2
  const Tensors y = s.run({best, best}, {best, best});
  for (double slope : y.at("slope")) CHECK(std::abs(slope) < 1e-15);
}

TEST_CASE("as D(G) -> 0 the minimax loss loses its slope, the other keeps it (GU-02, TH-19)") {
  Scores s;
  s.f.output("minimax", gradient(Minimax{}(s.f, s.fake), s.fake));
  s.f.output("non-saturating", gradient(NonSaturating{}(s.f, s.fake), s.fake));
  const Tensors far = s.run({0, 0}, {-30, -30});
  CHECK(std::abs(far.at("minimax")[0]) < 1e-13);
  CHECK(far.at("non-saturating")[0] == doctest::Approx(-0.5));  // 1/N of slope -1
  const Tensors even = s.run({0, 0}, {0, 0});
  CHECK(even.at("minimax")[0] == doctest::Approx(-0.25));
  CHECK(even.at("non-saturating")[0] == doctest::Approx(-0.25));
}

TEST_CASE("no logit overflows a loss or its slope") {
  Scores s;
  const Value critic = Adversarial{}(s.f, s.real, s.fake);
  s.f.output("loss", critic);
  s.f.output("real slope", gradient(critic, s.real));
  s.f.output("minimax", Minimax{}(s.f, s.fake));
  s.f.output("non-saturating", NonSaturating{}(s.f, s.fake));
  for (Precision precision : {Precision::float32, Precision::float64}) {
    const Tensors wrong = s.run({-1e4, -1e4}, {1e4, 1e4}, precision);
    CHECK(wrong.at("loss")[0] == doctest::Approx(2e4));
    CHECK(wrong.at("real slope")[0] == doctest::Approx(-0.5));
    CHECK(wrong.at("minimax")[0] == doctest::Approx(-1e4));
    CHECK(wrong.at("non-saturating")[0] == 0);
    const Tensors right = s.run({1e4, 1e4}, {-1e4, -1e4}, precision);
    CHECK(right.at("loss")[0] == 0);
    CHECK(right.at("real slope")[0] == 0);
  }
}

TEST_CASE("the general concave form holds both families") {
  Scores s;
  const auto log_sigmoid = [](Value t) { return -softplus(-t); };
  s.f.output("linear critic", Concave{}(s.f, s.real, s.fake));
  s.f.output("linear generator", ConcaveGenerator{}(s.f, s.fake));
  s.f.output("log critic", Concave{log_sigmoid}(s.f, s.real, s.fake));
  s.f.output("log generator", ConcaveGenerator{log_sigmoid}(s.f, s.fake));
  s.f.output("wasserstein", Wasserstein{}(s.f, s.real, s.fake));
  s.f.output("wasserstein generator", WassersteinGenerator{}(s.f, s.fake));
  s.f.output("adversarial", Adversarial{}(s.f, s.real, s.fake));
  s.f.output("minimax", Minimax{}(s.f, s.fake));
  const Tensors out = s.run({1, -2}, {0.5, 3});
  const auto same = [&](const char* a, const char* b) {
    CHECK(out.at(a)[0] == doctest::Approx(out.at(b)[0]).epsilon(1e-14));
  };
  same("linear critic", "wasserstein");
  same("linear generator", "wasserstein generator");
  same("log critic", "adversarial");
  same("log generator", "minimax");
}

TEST_CASE("a target outside [0, 1] is refused") {
  TestFormula f(2, "loss", "Adversarial");
  const Value d = f.input("d", {2, 1});
  CHECK_THROWS_WITH_AS((Adversarial{.real_target = 1.1}(f, d, d)),
                       "loss (Adversarial): real_target is 1.1, it must be from 0 to 1", Error);
}

TEST_SUITE_END();
