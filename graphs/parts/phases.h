// The two phases of a game: n_critic critic steps, then one of the generator.
#pragma once

#include <string>
#include <vector>

#include "graphs/parts/players.h"
#include "graphs/parts/update_rule.h"

namespace ganflow {

// Defaults: --batch, --steps and the options of the same names.
struct LengthOptions {
  Extent batch = 64;
  Step steps = 20000;  // critic updates
  int n_critic = 5;    // >= 0; 0: guide's schedule over 5
  // The paper's count of steps can also be read as generator updates: offers --set count.
  bool countable = false;
};

// How often the critic moves for one step of the generator.
struct CriticSteps {
  Count count = 1;
  int constant = 1;    // as many in every macro-iteration; 0: they vary
  std::string varied;  // then, by what: "n_critic=0 varies them: set it to at least 1"
  Step unit = 1;       // critic updates that one step of the paper is: n_critic for count=generator
};

// First of a compose function. Options n_critic, n_critic.schedule, count.
//
//   n_critic.schedule   critic steps: `boost` in the first `warm` macro-iterations and every 500th
//     none              n_critic always
//     guide             100, warm 100 (GU-19)
//     notebook          50, warm 25
//     wgan              100, warm 25 (the WGAN paper's code)
CriticSteps training_length(Graph& graph, const LengthOptions& defaults);

// Both with the columns of diagnostics.h. Networks `beside` the critic learn with it.
Phase critic_phase(Graph& graph, const Players& players, Port objective, const CriticSteps& steps,
                   const UpdateRule& rule, const std::vector<Network>& beside = {});
// Option n_generator: generator steps in a row; 0 freezes it (TH-18).
Phase generator_phase(Graph& graph, const Players& players, Port objective, const UpdateRule& rule);

// A phase between critic and generator, on fakes of the past with their classes (GU-12), if option
// replay (samples remembered) is above 0. Throws Error(usage) where the critic's steps vary.
void replay_phase(Graph& graph, const Players& players, Phase critic, const CriticSteps& steps,
                  const UpdateRule& rule);

}  // namespace ganflow
