// Whole games: objectives and both phases.
#pragma once

#include "graphs/parts/penalties.h"
#include "graphs/parts/phases.h"

namespace ganflow {

// The original GAN, with the techniques of losses.h as options, penalty and smooth (penalties.h)
// and replay. Returns the phase of the generator.
Phase adversarial_game(Graph& graph, const Players& players, const CriticSteps& steps,
                       const UpdateRule& rule, double real_target = 1);

// The f-GAN, with options penalty and smooth. Returns the phase of the generator.
Phase variational_game(Graph& graph, const Players& players, const CriticSteps& steps,
                       const UpdateRule& rule);

// Wasserstein losses with penalties.h's bounds on the slopes of both players. Returns the phase of
// the generator.
struct GamePenalties {
  CriticPenalty critic = {};
  GeneratorPenalty generator = {};
};
Phase wasserstein_game(Graph& graph, const Players& players, const CriticSteps& steps,
                       const UpdateRule& rule, const GamePenalties& penalties = {});

}  // namespace ganflow
