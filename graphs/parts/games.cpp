#include "graphs/parts/games.h"

#include "graphs/parts/losses.h"

namespace ganflow {

Phase adversarial_game(Graph& g, const Players& p, const CriticSteps& steps, const UpdateRule& rule,
                       double real_target) {
  const Objectives o = adversarial(g, p, real_target);
  const Port generator = smoothed(g, p, o.generator);
  const Phase critic = critic_phase(g, p, o.critic, steps, rule);
  replay_phase(g, p, critic, steps, rule);
  return generator_phase(g, p, generator, rule);
}

}  // namespace ganflow
