#include "graphs/parts/games.h"

#include "graphs/parts/losses.h"
#include "ops/ports.h"

namespace ganflow {

Phase adversarial_game(Graph& g, const Players& p, const CriticSteps& steps, const UpdateRule& rule,
                       double real_target) {
  Objectives o = adversarial(g, p, real_target);
  if (g.option(
          Option<bool>{"penalty", false,
                       "a gradient penalty beside the critic's loss (MU-13): target, measure"}))
    o.critic = o.critic + gradient_penalty(g, p);
  const Port generator = smoothed(g, p, o.generator);
  const Phase critic = critic_phase(g, p, o.critic, steps, rule);
  replay_phase(g, p, critic, steps, rule);
  return generator_phase(g, p, generator, rule);
}

Phase wasserstein_game(Graph& g, const Players& p, const CriticSteps& steps, const UpdateRule& rule,
                       const GamePenalties& penalties) {
  const CriticBound bound = critic_bound(g, p, rule, penalties.critic);
  const Port loss = wasserstein_critic(g, p);
  critic_phase(g, p, bound.beside(loss), steps, bound.rule);
  const Port judged = wasserstein_generator(g, p);
  const Port generator = smoothed(g, p, judged, penalties.generator);
  return generator_phase(g, p, generator, bound.rule);
}

}  // namespace ganflow
