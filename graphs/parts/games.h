// From objectives to both phases. Each returns the generator's.
#pragma once

#include "graphs/parts/penalties.h"
#include "graphs/parts/phases.h"

namespace ganflow {

// The original GAN, with the techniques of losses.h as options, smooth (penalties.h) and replay.
Phase adversarial_game(Graph& graph, const Players& players, const CriticSteps& steps,
                       const UpdateRule& rule, double real_target = 1);

// A Wasserstein GAN whose critic minimizes `critic`: its loss and what bounds its slope. The
// generator's loss takes option smooth; column "wasserstein".
Phase wasserstein_game(Graph& graph, const Players& players, const CriticSteps& steps,
                       const UpdateRule& rule, Port critic, const GeneratorPenalty& smooth = {});

}  // namespace ganflow
