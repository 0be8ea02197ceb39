// Gradient flows of two players: integrators, the lemmas of mu-WGAN (MU-02 to MU-06).
#include "ops/techniques/gradient_flow.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "engine/error.h"
#include "engine/tensor/philox.h"
#include "ops/layers/initializers.h"
#include "ops/layers/mlp.h"
#include "ops/losses/wasserstein.h"
#include "ops/optimizers/sgd.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/random.h"
#include "ops/primitives/reduce.h"
#include "support/run_example.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

using Rows = std::vector<double>;  // (n, m)

// L_D = psi' R theta + rho / 2 psi' Q psi, L_G = -psi' R theta: the flow is linear,
// d(psi, theta)/dt = [[-rho Q, -R], [R', 0]] (psi, theta).
struct LinearGame {
  Extent n = 1, m = 1;  // parameters of the players
  Rows q, r;            // (n, n), (n, m)
  double rho = 1;

  GradientFlow flow(FlowMethod method, FlowOrder order, double h) const {
    const Network D("D", [n = n](Formula& f, Value) {
      return f.variable("psi", {n, 1}, Keep::parameter, init::constant(0));
    });
    const Network G("G", [m = m](Formula& f, Value) {
      return f.variable("theta", {m, 1}, Keep::parameter, init::constant(0));
    });
    return {.critic = D,
            .generator = G,
            .losses =
                [*this, D, G](Formula& f, Value q, Value r) {
                  const Value psi = D(f, q), theta = G(f, r);
                  const Value game = sum(psi * matmul(r, theta));
                  return GradientFlow::Losses{game + sum(psi * matmul(q, psi)) * (rho / 2), -game};
                },
            .method = method,
            .order = order,
            .h = h};
  }
};

// Steps a game from a start; the matrices are its data.
class Walk {
 public:
  Walk(const LinearGame& game, Rows psi, Rows theta, FlowMethod method, FlowOrder order, double h)
      : game_(game), f_(1, "flow") {
    const Value q = f_.input("q", {game.n, game.n}), r = f_.input("r", {game.n, game.m});
    const Value total = game.flow(method, order, h)(f_, q, r);
    f_.minimize(total, "", Sgd{.lr = h});
    f_.state()["D/psi"] = std::move(psi);
    f_.state()["G/theta"] = std::move(theta);
  }
  void run(int steps) {
    for (int i = 0; i < steps; ++i) f_.run({{"q", game_.q}, {"r", game_.r}});
  }
  Rows at() {
    Rows all = f_.state().at("D/psi");
    for (const double v : f_.state().at("G/theta")) all.push_back(v);
    return all;
  }
  double radius() {
    double square = 0;
    for (const double v : at()) square += v * v;
    return std::sqrt(square);
  }

 private:
  LinearGame game_;
  TestFormula f_;
};

constexpr auto kEuler = FlowMethod::euler, kRk4 = FlowMethod::rk4;
constexpr auto kTogether = FlowOrder::simultaneous, kInTurn = FlowOrder::alternating;

double normal(int i, std::uint32_t stream) {
  const PhiloxBlock words = random_block(1, stream, 0, static_cast<std::uint32_t>(i));
  return normal_pair(words[0], words[1])[0];
}

// D(x) = psi x^power against G(z) = theta z, as the presets compose it.
struct Field {
  int power = 1;
  Rows real, z;  // two points each
  Measure measure = measure::fake;
  double rho = 1;

  // (psi', theta')
  std::array<double, 2> at(double psi, double theta) const {
    TestFormula f(2, "flow");
    const Network D("D", [this](Formula& f, Value x) {
      return (power == 1 ? x : square(x)) *
             f.variable("psi", {}, Keep::parameter, init::constant(0));
    });
    const Network G("G", [](Formula& f, Value z) {
      return z * f.variable("theta", {}, Keep::parameter, init::constant(0));
    });
    const GradientFlow flow{
        .critic = D,
        .generator = G,
        .losses =
            [&](Formula& f, Value x, Value z) {
              const Value fake = G(f, z), judged = D(f, fake);
              const GradientPenalty penalty{
                  .critic = D, .lambda = rho / 2, .target = 0, .measure = measure};
              return GradientFlow::Losses{Wasserstein{}(f, D(f, x), judged) + penalty(f, x, fake),
                                          WassersteinGenerator{}(f, judged)};
            },
        .method = kEuler};
    const Value total = flow(f, f.input("x", {2, 1}), f.input("z", {2, 1}));
    f.minimize(total, "", Sgd{.lr = 1});
    f.state()["D/psi"] = {psi};
    f.state()["G/theta"] = {theta};
    f.run({{"x", real}, {"z", z}});
    return {f.state().at("D/psi")[0] - psi, f.state().at("G/theta")[0] - theta};
  }

  std::array<std::complex<double>, 2> eigenvalues(double psi, double theta) const {
    constexpr double kStep = 1e-4;
    double j[2][2];
    for (int k = 0; k < 2; ++k) {
      const auto up = at(psi + (k == 0 ? kStep : 0), theta + (k == 1 ? kStep : 0));
      const auto down = at(psi - (k == 0 ? kStep : 0), theta - (k == 1 ? kStep : 0));
      for (int i = 0; i < 2; ++i) j[i][k] = (up[i] - down[i]) / (2 * kStep);
    }
    const double trace = j[0][0] + j[1][1], det = j[0][0] * j[1][1] - j[0][1] * j[1][0];
    const std::complex<double> root = std::sqrt(std::complex<double>(trace * trace / 4 - det));
    return {trace / 2 + root, trace / 2 - root};
  }
};

const double kNode = 1 / std::sqrt(3.0);
const Rows kZero{0, 0}, kOne{1, 1}, kUniform{-kNode, kNode};

}  // namespace

TEST_CASE("Lemma 1: eigenvalues (-rho M +- sqrt(rho^2 M^2 - 4)) / 2 of the Dirac GAN (MU-03)") {
  for (const double mass : {0.0, 0.5, 1.0, 3.0}) {
    CAPTURE(mass);
    const Field field{.real = kZero, .z = kOne, .rho = mass};
    const auto e = field.eigenvalues(0, 0);
    const auto root = std::sqrt(std::complex<double>(mass * mass - 4));
    CHECK(std::abs(e[0] - (-mass + root) / 2.0) < 1e-6);
    CHECK(std::abs(e[1] - (-mass - root) / 2.0) < 1e-6);
  }
  // -1 twice: a root of a difference of differences.
  const Field critical{.real = kZero, .z = kOne, .rho = 2};
  for (const auto& e : critical.eigenvalues(0, 0)) CHECK(std::abs(e + 1.0) < 1e-3);
}

TEST_CASE("Lemma 2: eigenvalues -2 rho A^2 +- sqrt(4 rho^2 A^4 - 4/9) at (0, 1) (MU-04, R-56)") {
  for (const double rho : {0.0, 0.3, 1.0, 2.0}) {
    CAPTURE(rho);
    const Field field{
        .power = 2, .real = kUniform, .z = kUniform, .measure = measure::real, .rho = rho};
    const double a = rho / 3;  // rho A^2, A^2 = E x^2 = 1/3
    const auto root = std::sqrt(std::complex<double>(4 * a * a - 4.0 / 9));
    for (const double theta : {1.0, -1.0}) {
      const auto v = field.at(0, theta);
      CHECK(std::abs(v[0]) < 1e-12);
      CHECK(v[1] == 0);
    }
    const auto e = field.eigenvalues(0, 1);
    CHECK(std::abs(e[0] - (-2 * a + root)) < 1e-6);
    CHECK(std::abs(e[1] - (-2 * a - root)) < 1e-6);
    // psi' = 1/3 - theta^2/3 - 4 rho psi A^2, theta' = 2 psi theta / 3
    const auto v = field.at(0.4, 0.7);
    CHECK(v[0] == doctest::Approx((1 - 0.49) / 3 - 4 * 0.4 * a));
    CHECK(v[1] == doctest::Approx(2 * 0.4 * 0.7 / 3));
  }
}

TEST_CASE("Lemma 3: psi' = -theta^2 - 4/3 rho psi theta^2, nullcline psi = -2 (MU-05, R-57)") {
  const Measure between = [](Formula& f, Value real, Value fake) {
    return fake +
           f.variable("a", {2, 1}, Keep::state, init::values({(1 - kNode) / 2, (1 + kNode) / 2})) *
               (real - fake);
  };
  const Field field{.power = 2, .real = kZero, .z = kOne, .measure = between, .rho = 3.0 / 8};
  for (const double psi : {1.0, -1.0, -3.0})
    for (const double theta : {0.5, -1.0}) {
      const auto v = field.at(psi, theta);
      CHECK(v[0] == doctest::Approx(-theta * theta * (1 + psi / 2)));
      CHECK(v[1] == doctest::Approx(2 * psi * theta));
    }
  CHECK(std::abs(field.at(-2, 0.7)[0]) < 1e-12);
  CHECK(field.at(0, 0.7)[1] == 0);
}

TEST_CASE("h = 0.1, 500 steps from (1, 1): the seeds' radii (MU-03)") {
  const auto radius = [](double mass, FlowMethod method, FlowOrder order) {
    Walk walk({.q = {1}, .r = {1}, .rho = mass}, {1}, {1}, method, order, 0.1);
    walk.run(500);
    return walk.radius();
  };
  // Of Euler's step the radius grows by sqrt(1 + h^2), whatever the angle.
  CHECK(radius(0, kEuler, kTogether) == doctest::Approx(std::sqrt(2) * std::pow(1.01, 250)));
  CHECK(radius(1, kEuler, kTogether) < 1e-9);
  CHECK(std::abs(radius(0, kEuler, kInTurn) - std::sqrt(2)) < 0.1);
  CHECK(std::abs(radius(0, kRk4, kTogether) - std::sqrt(2)) < 1e-4);
  CHECK(radius(1, kRk4, kTogether) < 1e-9);
}

TEST_CASE("the error of Euler's method falls with h, that of Runge and Kutta's with h^4") {
  // Of d(psi, theta)/dt = [[-1, -1], [1, 0]] (psi, theta) the solution at t = 2 from (1, 0).
  const double w = std::sqrt(3.0) / 2, t = 2;
  const double psi = std::exp(-t / 2) * (std::cos(w * t) - std::sin(w * t) / (2 * w));
  const auto error = [&](FlowMethod method, int steps) {
    Walk walk({.q = {1}, .r = {1}}, {1}, {0}, method, kTogether, t / steps);
    walk.run(steps);
    return std::abs(walk.at()[0] - psi);
  };
  const double euler = error(kEuler, 20) / error(kEuler, 40);
  const double rk4 = error(kRk4, 10) / error(kRk4, 20);
  CHECK(std::abs(euler - 2) < 0.3);
  CHECK(std::abs(rk4 - 16) < 3);
}

TEST_CASE("Theorem 1: [[-rho Q, -R], [R', 0]] is stable for Q > 0 and R'R > 0 (MU-06)") {
  constexpr Extent kCritic = 4, kGenerator = 3;
  for (std::uint32_t draw = 0; draw < 3; ++draw) {
    LinearGame game{.n = kCritic, .m = kGenerator, .rho = 1};
    Rows a;
    for (int i = 0; i < kCritic * kCritic; ++i) a.push_back(normal(i, 100 + draw));
    game.q.resize(kCritic * kCritic);
    for (Extent i = 0; i < kCritic; ++i)
      for (Extent j = 0; j < kCritic; ++j) {
        double s = i == j ? 0.5 : 0;  // positive definite
        for (Extent k = 0; k < kCritic; ++k) s += a[i * kCritic + k] * a[j * kCritic + k] / 5;
        game.q[i * kCritic + j] = s;
      }
    for (int i = 0; i < kCritic * kGenerator; ++i) game.r.push_back(normal(i, 200 + draw));
    const Rows psi(kCritic, 1.0), theta(kGenerator, 1.0);
    CAPTURE(draw);
    Walk stable(game, psi, theta, kRk4, kTogether, 0.2);
    stable.run(600);
    CHECK(stable.radius() < 1e-3);
    // Without the penalty it turns for ever.
    LinearGame free = game;
    free.rho = 0;
    Walk turning(free, psi, theta, kRk4, kTogether, 0.02);
    turning.run(200);
    CHECK(turning.radius() == doctest::Approx(std::sqrt(7.0)).epsilon(1e-3));
    // R of rank 2: what it does not see of theta stays, the rest vanishes (zero eigenvalue).
    LinearGame blind = game;
    for (Extent i = 0; i < kCritic; ++i) blind.r[i * kGenerator + 2] = blind.r[i * kGenerator + 1];
    Walk held(blind, psi, {1, 2, 0}, kRk4, kTogether, 0.2);
    held.run(600);
    const Rows at = held.at();
    for (Extent i = 0; i < kCritic + 1; ++i) CHECK(std::abs(at[i]) < 1e-3);
    CHECK(at[kCritic + 1] == doctest::Approx(1).epsilon(1e-3));
    CHECK(at[kCritic + 2] == doctest::Approx(-1).epsilon(1e-3));
  }
}

TEST_CASE(
    "on networks with noise in the losses, Euler's step is that of two simultaneous descents") {
  const Network D("D", mlp({2, 4, 1}, tanh)), G("G", mlp({1, 4, 2}, tanh));
  const auto losses = [=](Formula& f, Value real, Value z) {
    const Value fake = G(f, z);
    const Value noise = random(f.builder(), RandomKind::normal, fake.shape(), f.stream("noise"));
    const Value judged = D(f, fake + noise * 0.1);
    return GradientFlow::Losses{Wasserstein{}(f, D(f, real), judged),
                                WassersteinGenerator{}(f, judged)};
  };
  const Tensors in{{"x", {1, 2, 3, 4, 5, 6}}, {"z", {0.1, -0.5, 0.9}}};
  const auto run = [&](FlowMethod method, bool flow) {
    TestFormula f(3, "flow");
    const Value x = f.input("x", {3, 2}), z = f.input("z", {3, 1});
    if (flow) {
      f.minimize(GradientFlow{D, G, losses, method, kTogether, 0.3}(f, x, z), "", Sgd{.lr = 0.3});
    } else {
      const auto [critic, generator] = losses(f, x, z);
      f.minimize(critic, "D/", Sgd{.lr = 0.3});
      f.minimize(generator, "G/", Sgd{.lr = 0.3});
    }
    f.run(in);
    return f.state();
  };
  const Tensors two = run(kEuler, false), one = run(kEuler, true), rk4 = run(kRk4, true);
  REQUIRE(two.contains("G/1/w"));
  for (const auto& [name, values] : two) {
    CAPTURE(name);
    double apart = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      CHECK(one.at(name)[i] == doctest::Approx(values[i]).epsilon(1e-12));
      apart += std::abs(rk4.at(name)[i] - values[i]);
    }
    if (name.ends_with("w")) CHECK(apart > 1e-4);
  }
  TestFormula f(3, "flow");
  CHECK(error_of([&] {
          GradientFlow{.critic = D, .generator = G}(f, f.input("x", {3, 2}), f.input("z", {3, 1}));
        }) == "2 flow (Test): losses is not set: give a function of the formula, data and noise");
}

TEST_SUITE_END();
