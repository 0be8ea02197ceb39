// Divergences as games: the table of g_f and f*, the bound at the best critic, gradients (TH-05).
#include "ops/losses/f_gan.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ops/losses/adversarial.h"
#include "ops/primitives/arithmetic.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

namespace {

using Numbers = std::vector<double>;
using Function1 = std::function<double(double)>;

// f as f_divergence.h has it, its derivative, and the score at which T = f'(u).
struct Member {
  Function1 f, slope, score;
};
const std::map<std::string, Member>& members() {
  static const std::map<std::string, Member> all = {
      {"kl",
       {[](double u) { return u * std::log(u); }, [](double u) { return 1 + std::log(u); },
        [](double u) { return 1 + std::log(u); }}},
      {"reverse_kl",
       {[](double u) { return -std::log(u); }, [](double u) { return -1 / u; },
        [](double u) { return std::log(u); }}},
      {"pearson",
       {[](double u) { return (u - 1) * (u - 1); }, [](double u) { return 2 * (u - 1); },
        [](double u) { return 2 * (u - 1); }}},
      {"hellinger",
       {[](double u) { return std::pow(std::sqrt(u) - 1, 2); },
        [](double u) { return 1 - 1 / std::sqrt(u); }, [](double u) { return std::log(u) / 2; }}},
      {"js",
       {[](double u) { return (u * std::log(u) - (u + 1) * std::log((u + 1) / 2)) / 2; },
        [](double u) { return std::log(2 * u / (u + 1)) / 2; },
        [](double u) { return std::log(u); }}},
      {"gan",
       {[](double u) { return u * std::log(u) - (u + 1) * std::log(u + 1); },
        [](double u) { return std::log(u / (u + 1)); }, [](double u) { return std::log(u); }}}};
  return all;
}

// What the losses say of scores, one number each.
struct Game {
  double critic, minimax, non_saturating;
};
Game play(Divergence divergence, const Numbers& real, const Numbers& fake) {
  TestFormula f(1);
  const Value d_real = f.input("d_real", {static_cast<Extent>(real.size()), 1});
  const Value d_fake = f.input("d_fake", {static_cast<Extent>(fake.size()), 1});
  f.output("critic", FGan{divergence}(f, d_real, d_fake));
  f.output("minimax", FGanGenerator{divergence}(f, d_fake));
  f.output("non_saturating", FGanGenerator{divergence, true}(f, d_fake));
  const Tensors out = f.run({{"d_real", real}, {"d_fake", fake}});
  return {out.at("critic")[0], out.at("minimax")[0], out.at("non_saturating")[0]};
}

// As many rows of a score as its state has eighths.
Numbers rows(const Numbers& scores, const std::vector<int>& eighths) {
  Numbers all;
  for (std::size_t i = 0; i < scores.size(); ++i) all.insert(all.end(), eighths[i], scores[i]);
  return all;
}

}  // namespace

TEST_CASE("g_f gives f'(u) at its score, and f* of that is u f'(u) - f(u), the greatest there") {
  for (const auto& [name, divergence] : divergence_names()) {
    CAPTURE(name);
    const Member& member = members().at(name);
    for (const double u : {0.05, 0.4, 1.0, 1.7, 9.0}) {
      CAPTURE(u);
      const double t = member.slope(u);
      const Game game = play(divergence, {member.score(u)}, {member.score(u)});
      CHECK(-game.non_saturating == doctest::Approx(t));
      CHECK(-game.minimax == doctest::Approx(u * t - member.f(u)));
      for (const double other : {0.5 * u, 0.9 * u, 1.1 * u, 2 * u})
        CHECK(-game.minimax > other * t - member.f(other));
    }
  }
}

TEST_CASE("at the best critic the bound is the divergence, at any other one it is less") {
  const std::vector<int> p = {1, 3, 2, 2}, q = {2, 1, 4, 1};
  for (const auto& [name, divergence] : divergence_names()) {
    CAPTURE(name);
    const Member& member = members().at(name);
    Numbers best, log_p, log_q;
    double exact = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double u = static_cast<double>(p[i]) / q[i];
      best.push_back(member.score(u));
      exact += q[i] / 8.0 * member.f(u);
      log_p.push_back(std::log(p[i] / 8.0));
      log_q.push_back(std::log(q[i] / 8.0));
    }
    const auto bound = [&](const Numbers& scores) {
      return -play(divergence, rows(scores, p), rows(scores, q)).critic;
    };
    CHECK(bound(best) == doctest::Approx(exact));
    TestFormula f(1);
    f.output("d", FDivergence{divergence}(f, f.input("p", {4}), f.input("q", {4})));
    CHECK(f.run({{"p", log_p}, {"q", log_q}}).at("d")[0] == doctest::Approx(exact));
    for (std::size_t i = 0; i < best.size(); ++i)
      for (const double moved : {-0.3, 0.3}) {
        Numbers worse = best;
        worse[i] += moved;
        CHECK(bound(worse) < exact);
      }
  }
}

// N(m, 1) and N(0, 1): KL both ways m^2 / 2, Pearson e^(m^2) - 1, Hellinger 2 - 2 e^(-m^2 / 8).
TEST_CASE("divergences of two Gaussians on a grid are their closed forms") {
  constexpr double m = 0.7, cell = 0.01;
  Numbers log_p, log_q;
  for (double x = -9; x < 10; x += cell) {
    log_p.push_back(-0.5 * (x - m) * (x - m) - 0.5 * std::log(2 * M_PI));
    log_q.push_back(-0.5 * x * x - 0.5 * std::log(2 * M_PI));
  }
  const auto n = static_cast<Extent>(log_p.size());
  TestFormula f(1);
  const Value p = f.input("p", {n}), q = f.input("q", {n});
  for (const auto& [name, divergence] : divergence_names())
    f.output(name, FDivergence{divergence, cell}(f, p, q));
  const Tensors out = f.run({{"p", log_p}, {"q", log_q}});
  CHECK(out.at("kl")[0] == doctest::Approx(m * m / 2));
  CHECK(out.at("reverse_kl")[0] == doctest::Approx(m * m / 2));
  CHECK(out.at("pearson")[0] == doctest::Approx(std::exp(m * m) - 1));
  CHECK(out.at("hellinger")[0] == doctest::Approx(2 - 2 * std::exp(-m * m / 8)));
  CHECK(out.at("gan")[0] == doctest::Approx(2 * out.at("js")[0] - std::log(4)));
}

TEST_CASE("gan is the original game") {
  const Numbers real = {0.3, -1.2, 2}, fake = {-0.4, 0.9, -3};
  TestFormula f(3);
  const Value d_real = f.input("d_real", {3, 1}), d_fake = f.input("d_fake", {3, 1});
  f.output("critic", Adversarial{}(f, d_real, d_fake));
  f.output("minimax", Minimax{}(f, d_fake));
  f.output("non_saturating", NonSaturating{}(f, d_fake));
  const Tensors out = f.run({{"d_real", real}, {"d_fake", fake}});
  const Game game = play(Divergence::gan, real, fake);
  CHECK(game.critic == doctest::Approx(out.at("critic")[0]));
  CHECK(game.minimax == doctest::Approx(out.at("minimax")[0]));
  CHECK(game.non_saturating == doctest::Approx(out.at("non_saturating")[0]));
}

TEST_CASE("gradients of the games of divergences by both scores") {
  for (const auto& [name, divergence] : divergence_names()) {
    CAPTURE(name);
    check_gradients(
        [d = divergence](Args x) {
          TestFormula f(x[0].builder());
          return FGan{d}(f, x[0], x[1]) + 0.3 * FGanGenerator{d}(f, x[1]) +
                 0.7 * FGanGenerator{d, true}(f, x[1]);
        },
        {{{4, 1}, -2, 2}, {{3, 1}, -2, 2}});
  }
}

TEST_SUITE_END();
