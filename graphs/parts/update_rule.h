// How both players are updated: by optimizers of one kind and one rate, unless --set gives a player
// its own, critic.lr=4e-4 (two time scales: Heusel et al. 2017).
#pragma once

#include <optional>
#include <string>

#include "engine/graph/graph.h"

namespace ganflow {

// Defaults of the options of the same names.
struct UpdateRuleOptions {
  std::string optimizer = "adam";       // rmsprop, rmsprop.tf, adam, sgd
  Schedule lr = 1e-3;                   // of both players
  double beta1 = 0.5, beta2 = 0.9;      // of adam
  double momentum = 0.9;                // of sgd
  std::optional<double> l2 = {};        // weight decay; absent: no such term in the program
  std::optional<Schedule> stages = {};  // how many stages began; offers reset_optimizer
};

struct UpdateRule {
  Optimizer critic, generator;
  std::string init;  // the initialisation that comes with it: torch, glorot
};

// Options optimizer, beta1, beta2, momentum and, of one player, critic.optimizer, critic.beta1,
// ..., generator.momentum; with l2, l2.weights_only; with stages, reset_optimizer. Scalars lr, l2,
// restarts; critic.lr and generator.lr where they are set. The initialisation is that of
// `optimizer`.
UpdateRule update_rule(Graph& graph, const UpdateRuleOptions& defaults);

}  // namespace ganflow
