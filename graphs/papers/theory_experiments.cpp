#include "graphs/papers/theory_experiments.h"

#include <fmt/format.h>

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

std::vector<Experiment> theory_experiments() { return {lemma_1(), divergences(), lines()}; }

}  // namespace ganflow
