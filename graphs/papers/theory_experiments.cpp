#include "graphs/papers/theory_experiments.h"

#include <fmt/format.h>

#include <cmath>

namespace ganflow {
namespace {

// Lemma 1: how far from the equilibrium (0, 0) Euler's 500 steps of h = 0.1 end that start at
// (1, 1), for a penalty's mass; psi and theta are sqrt(2) from it.
Experiment lemma_1() {
  Experiment e{.name = "lemma-1",
               .title = "the Dirac GAN's flow over mass and order (mu-WGAN, Lemma 1)",
               .rows = "MU-02, MU-03",
               .settings = {.steps = 501},
               .measures = {{"radius", "flow_step.radius"}},
               .core_seconds = 1e-5};
  struct Row {
    const char *name, *order, *lambda;  // lambda = mass / 2
    double radius;
  };
  const Row rows[] = {{"simultaneous, mass 0", "simultaneous", "0", 17.0},
                      {"simultaneous, mass 1", "simultaneous", "0.5", 1e-10},
                      {"alternating, mass 0", "alternating", "0", 1.41}};
  for (const Row& row : rows) {
    std::string name = row.name;
    std::erase(name, ',');
    e.cells.push_back({name,
                       "dirac-gan",
                       {{"method", "euler"}, {"order", row.order}, {"penalty.lambda", row.lambda}},
                       {{"radius", {row.radius}}}});
  }
  e.claims = {{"without a penalty it goes away", {16.9}, {1, "simultaneous mass 0", "radius"}},
              {"with one it comes home", {1, "simultaneous mass 1", "radius"}, {1e-9}},
              {"taking turns it stays", {1, "alternating mass 0", "radius"}, {1.5}}};
  const auto portrait = [&](const char* mass, double rho_mass, std::vector<std::string> cells) {
    e.portraits.push_back({fmt::format("portrait_mass_{}", mass),
                           fmt::format("the Dirac GAN, mass {}", mass), "flow_step", "psi", "theta",
                           std::move(cells), [=](double psi, double theta) {
                             return std::array{-theta - rho_mass * psi, psi};
                           }});
  };
  portrait("0", 0, {"simultaneous mass 0", "alternating mass 0"});
  portrait("1", 1, {"simultaneous mass 1"});
  return e;
}

// A flow's portrait: what is left of its names.
PhasePortrait flow_portrait(const Experiment& e, const std::string& name, const std::string& title,
                            std::function<std::array<double, 2>(double, double)> field) {
  PhasePortrait p{name, title, "flow_step", "psi", "theta", {}, std::move(field)};
  for (const Cell& cell : e.cells) p.cells.push_back(cell.name);
  return p;
}

// Lemma 1 for a penalty whose mass M = exp(-psi^2) fades: 2 M + psi M_psi = 2 (1 - psi^2) M is not
// negative where |psi| <= 1, so that its radius is 1. What it promises inside holds, and the basin
// is larger, since a turn passes through points that pull as well: 1.21 to 1.34 by the direction.
Experiment lemma_1_basin() {
  Experiment e{.name = "lemma-1-basin",
               .title = "how far the Dirac GAN comes home, mass exp(-psi^2) (mu-WGAN, Lemma 1)",
               .rows = "MU-03",
               .settings = {.steps = 501},
               .measures = {{"radius", "flow_step.radius"}},
               .core_seconds = 2e-5};
  const auto cell = [&](const char* start) {
    const std::string name = fmt::format("from {}", start);
    e.cells.push_back({name, "dirac-gan", {{"psi", start}, {"theta", "0"}, {"mass.fading", "1"}}});
    return Term{1, name, "radius"};
  };
  for (const char* home : {"0.5", "0.99"})
    e.claims.push_back({fmt::format("inside of the lemma's radius 1, from {}, it comes home", home),
                        cell(home),
                        {1e-8}});
  e.claims.push_back({"also from 1.2, outside of it", cell("1.2"), {1e-8}});
  for (const char* away : {"1.3", "1.5"})
    e.claims.push_back({fmt::format("not from {}", away), {1}, cell(away)});
  e.portraits = {flow_portrait(e, "portrait_basin", "the Dirac GAN, mass exp(-psi^2)",
                               [](double psi, double theta) {
                                 const double pull = psi * (1 - psi * psi) * std::exp(-psi * psi);
                                 return std::array{-theta - pull, psi};
                               })};
  e.portraits[0].radius = 1;
  return e;
}

std::vector<Cell> flows_from(const std::string& graph,
                             const std::vector<std::pair<const char*, const char*>>& starts,
                             const std::map<std::string, std::string>& settings) {
  std::vector<Cell> cells;
  for (const auto& [psi, theta] : starts) {
    Cell cell{fmt::format("from ({}; {})", psi, theta), graph, settings};
    cell.settings["psi"] = psi;
    cell.settings["theta"] = theta;
    cells.push_back(std::move(cell));
  }
  return cells;
}

// Lemma 2: U(-1, 1) and U(-|theta|, |theta|), the penalty on the data, rho = 1, E x^2 = 1/3.
Experiment lemma_2() {
  Experiment e{.name = "lemma-2",
               .title = "flow of D = psi x^2 between two intervals (mu-WGAN, Lemma 2)",
               .rows = "MU-04, R-56",
               .cells = flows_from(
                   "uniform-gan", {{"0.5", "0.5"}, {"-1", "2"}, {"1", "-0.5"}, {"-0.5", "-2"}}, {}),
               .settings = {.steps = 501},
               .measures = {{"psi", "flow_step.psi"}, {"theta", "flow_step.theta"}},
               .core_seconds = 2e-5};
  for (std::size_t i = 0; i < e.cells.size(); ++i) {
    const double end = i < 2 ? 1 : -1;
    const Term theta{1, e.cells[i].name, "theta"};
    const std::string text = fmt::format("{} it ends at theta {}", e.cells[i].name, end);
    e.claims.push_back({text + ": not above", theta, {end + 1e-4}});
    e.claims.push_back({text + ": not below", {end - 1e-4}, theta});
  }
  e.portraits = {
      flow_portrait(e, "portrait_lemma_2", "D = psi x^2 between two intervals, rho 1",
                    [](double psi, double theta) {
                      return std::array{(1 - theta * theta - 4 * psi) / 3, 2 * psi * theta / 3};
                    })};
  return e;
}

// Lemma 3, Fig. 3: rho = 3/8, nullclines psi = 0 and -2.
Experiment lemma_3() {
  Experiment e{.name = "lemma-3",
               .title = "flow of D = psi x^2 between two points, none to (0, 0) (mu-WGAN, Fig. 3)",
               .rows = "MU-05, R-57",
               .cells = flows_from("dirac-gan-square",
                                   {{"1", "0.5"}, {"0.5", "1"}, {"-1", "1"}, {"-3", "0.5"}},
                                   {{"h", "0.02"}}),
               .settings = {.steps = 2001},
               .measures = {{"psi", "flow_step.psi"}, {"theta", "flow_step.theta"}},
               .core_seconds = 2e-5};
  for (const Cell& cell : e.cells) {
    e.claims.push_back({cell.name + " theta falls to 0", {1, cell.name, "theta"}, {1e-3}});
    e.claims.push_back({cell.name + " psi ends below 0", {1, cell.name, "psi"}, {-0.1}});
  }
  e.portraits = {flow_portrait(e, "portrait_lemma_3", "D = psi x^2 between two points, rho 3/8",
                               [](double psi, double theta) {
                                 return std::array{-theta * theta * (1 + psi / 2), 2 * psi * theta};
                               })};
  e.portraits[0].nullclines = {0, -2};
  return e;
}

// One Gaussian for two modes at -2 and 2 of deviation 0.5.
Experiment divergences() {
  Experiment e{.name = "divergences",
               .title = "a Gaussian fitted to two modes by three divergences (lecture)",
               .rows = "LE-04",
               .measures = {{"mean", "fit_step.mean"}, {"std", "fit_step.std"}},
               .core_seconds = 3e-4};
  for (const char* divergence : {"kl", "reverse_kl", "js"})
    e.cells.push_back({divergence, "density-fit", {{"divergence", divergence}}});
  e.claims = {{"KL covers both modes", {1.5}, {1, "kl", "std"}},
              {"reverse KL fits one", {1, "reverse_kl", "std"}, {0.6}},
              {"and is where that mode is", {1.9}, {1, "reverse_kl", "mean"}}};
  return e;
}

// The divergences of an f-GAN and what they are, of two known Gaussians and of the best fit.
struct GameOfDivergence {
  const char* name;
  double known;   // of N(0.5, 1) from N(0, 1): of closed form or, of JS, by quadrature
  double fitted;  // of the best Gaussian for the two modes; 0: the game does not reach it
};
constexpr double kJs = 0.030311, kFittedJs = 0.2010;
const GameOfDivergence kGames[] = {{"kl", 0.125, 0.7236},
                                   {"reverse_kl", 0.125, 0},
                                   {"pearson", std::exp(0.25) - 1, 1.402},
                                   {"hellinger", 2 - 2 * std::exp(-0.25 / 8), 0.4704},
                                   {"js", kJs, kFittedJs},
                                   {"gan", 2 * kJs - std::log(4), 2 * kFittedJs - std::log(4)}};

// The cell's bound is `known`, within 6 %.
void claim_bound(Experiment& e, const std::string& cell, double known) {
  const Term bound{1, cell, "bound"};
  const double slack = 0.06 * std::abs(known);
  e.claims.push_back({cell + ": the bound is at most 6 % above", bound, {known + slack}});
  e.claims.push_back({cell + ": the bound is at most 6 % below", {known - slack}, bound});
}

// What the critic of an f-GAN finds of the divergence of N(0.5, 1) and N(0, 1).
Experiment bounds_of_divergences() {
  Experiment e{.name = "f-gan-bounds",
               .title = "divergences of two Gaussians as a critic finds them (thesis, 2.5.1)",
               .rows = "TH-05",
               .settings = {.batch = 512, .steps = 10000},
               .measures = {{"bound", "critic.bound", TableMeasure::Reading::settled}},
               .core_seconds = 4e-4};
  for (const GameOfDivergence& game : kGames) {
    e.cells.push_back({game.name,
                       "density-game-1d",
                       {{"divergence", game.name},
                        {"gaussian1d.mean", "0.5"},
                        {"mean", "0"},
                        {"n_generator", "0"},
                        {"loss", "minimax"}}});
    claim_bound(e, game.name, game.known);
  }
  return e;
}

// The Gaussian that an f-GAN fits to two modes, beside that of the densities.
Experiment games_of_divergences() {
  Experiment e{.name = "f-gan",
               .title = "a Gaussian fitted to two modes by games (thesis, 2.5.1)",
               .rows = "TH-05",
               .settings = {.batch = 512, .steps = 10000},
               .measures = {{"bound", "critic.bound", TableMeasure::Reading::settled},
                            {"mean", "generator.mean"},
                            {"std", "generator.std"}},
               .core_seconds = 4e-4};
  for (const GameOfDivergence& game : kGames) {
    e.cells.push_back(
        {game.name, "density-game", {{"divergence", game.name}, {"loss", "minimax"}}});
    if (game.fitted != 0) claim_bound(e, game.name, game.fitted);
  }
  e.claims.push_back({"KL's fit has the deviation of all data", {2.0}, {1, "kl", "std"}});
  e.claims.push_back({"reverse KL's is narrower", {1, "reverse_kl", "std"}, {1, "kl", "std"}});
  return e;
}

// theta starts at 1 and is all the generator has; the distance of the lines is |theta|.
Experiment lines() {
  Experiment e{.name = "two-lines",
               .title = "a line that is to find another one: WGAN and GAN (lecture)",
               .rows = "LE-10, LE-12",
               .measures = {{"theta", "generator.theta"}, {"W1", "distance.w1"}},
               .core_seconds = 3e-4};
  e.cells = {{"WGAN-GP", "two-lines"}, {"GAN", "two-lines-gan", {{"loss", "minimax"}}}};
  e.claims = {{"Wasserstein: theta is found", {1, "WGAN-GP", "theta"}, {0.1}},
              {"JS has no slope there: theta is at least a thousand times as far",
               {1000, "WGAN-GP", "theta"},
               {1, "GAN", "theta"}}};
  return e;
}

}  // namespace

std::vector<Experiment> theory_experiments() {
  return {lemma_1(),
          lemma_1_basin(),
          lemma_2(),
          lemma_3(),
          divergences(),
          bounds_of_divergences(),
          games_of_divergences(),
          lines()};
}

}  // namespace ganflow
