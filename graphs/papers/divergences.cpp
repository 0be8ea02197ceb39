#include "graphs/papers/divergences.h"

#include <cmath>
#include <numbers>

#include "engine/program/leaves.h"
#include "graphs/papers/numbers.h"
#include "graphs/parts/games.h"
#include "ops/layers/forward.h"
#include "ops/layers/mlp.h"
#include "ops/losses/f_divergence.h"
#include "ops/optimizers/adam.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/ramp.h"
#include "ops/sources/gaussians2d.h"

namespace ganflow {
namespace {

// Numbers mean, log_std of the generator.
void tap_fit(Graph& g, Phase phase, const Network& G) {
  tap_numbers(g, phase, "mean", G, number_at(0), "of the fit as the step begins");
  tap_numbers(
      g, phase, "std", G, [](const std::vector<Value>& numbers) { return exp(numbers[1]); },
      "of the fit as the step begins");
}

double start_of(Graph& g) {
  return g.option(Option<double>{"mean", 0.5, any_number(), "where the fit starts"});
}

void density_fit(Graph& g) {
  g.defaults({.batch = 1, .steps = 3000});
  const auto divergence = g.option(
      Choice<Divergence>{"divergence", "kl", divergence_names(), "of the target p from the fit q"});
  const double mean = start_of(g);
  constexpr Extent kCells = 2000;
  constexpr double kReach = 10, kCell = 2 * kReach / kCells;
  const auto log_gaussian = [](Value x, Value mean, Value log_std) {
    return square((x - mean) / exp(log_std)) * -0.5 - log_std -
           0.5 * std::log(2 * std::numbers::pi);
  };
  const Port x =
      g.add("grid", [](Formula& f) { return (ramp(f.builder(), kCells) + 0.5) * kCell - kReach; });
  const Port log_p = g.add(
      "target",
      [=](Formula& f, Value x) {
        const Mixture target = gaussians2();
        const auto mode = [&](double at) {
          return log_gaussian(x, full(f.builder(), {}, at),
                              full(f.builder(), {}, std::log(target.std)));
        };
        const Value a = mode(target.modes[0][0]), b = mode(target.modes[1][0]);
        return a + softplus(b - a) - std::numbers::ln2;  // log((e^a + e^b) / 2)
      },
      x);
  const Network G = g.network("G", [=](Formula& f, Value x) {
    const Value middle = number(f, "mean", mean), log_std = number(f, "log_std", 0);
    return log_gaussian(x, middle, log_std);
  });
  const Port fitted =
      g.add("fit", FDivergence{divergence, kCell}, log_p, g.add("density", Forward{G}, x));
  Phase phase = g.phase("fit_step", 1);
  phase.minimize("descent", fitted, G, Adam{.lr = g.scalar("lr", linear(0.02, 0, 0, g.steps()))});
  tap_fit(g, phase, G);
}

// The rate falls to 0, so that the last critic is that of the last fit.
void density_game(Graph& g, const std::string& set) {
  const CriticSteps n = training_length(g, {.batch = 512, .steps = 10000, .n_critic = 5});
  const UpdateRule rule =
      update_rule(g, {.lr = linear(5e-3, 0, 0, g.steps()), .beta1 = 0.5, .beta2 = 0.9});
  const DataSet data = add_data(g, g.data(set));
  const Latent z = latent(g, "noise", 1, "normal");
  const double mean = start_of(g);
  const NetworkPair networks{.G = g.network("G",
                                            [=](Formula& f, Value z) {
                                              const Value middle = number(f, "mean", mean);
                                              return exp(number(f, "log_std", 0)) * z + middle;
                                            }),
                             .D = g.network("D", mlp({1, 32, 32, 1}, tanh))};
  const Players p = players(g, networks, data, data.port, z);
  evaluate_data(g, data.name, p.generated, 0, every(2000));
  tap_fit(g, variational_game(g, p, n, rule), p.G);
}

}  // namespace

std::vector<NamedGraph> divergence_presets() {
  return {{"density-fit", "a Gaussian fitted to two modes by a divergence (lecture)", density_fit},
          {"density-game", "the same by the game of that divergence (f-GAN; thesis, 2.5.1)",
           [](Graph& g) { density_game(g, "gaussians2"); }},
          {"density-game-1d", "the same fitted to one Gaussian",
           [](Graph& g) { density_game(g, "gaussian1d"); }}};
}

}  // namespace ganflow
