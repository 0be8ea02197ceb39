#include "graphs/parts/games.h"

#include "graphs/parts/losses.h"
#include "ops/ports.h"

namespace ganflow {
namespace {

// A critic's loss that bounds no slope by itself, with the penalty that does, if asked for.
Port penalised(Graph& g, const Players& p, Port loss) {
  const bool penalty = g.option(Option<bool>{
      "penalty", false, "a gradient penalty beside the critic's loss (MU-13): target, measure"});
  return penalty ? loss + gradient_penalty(g, p) : loss;
}

}  // namespace

Phase adversarial_game(Graph& g, const Players& p, const CriticSteps& steps, const UpdateRule& rule,
                       double real_target) {
  const Objectives o = adversarial(g, p, real_target);
  const Port loss = penalised(g, p, o.critic);
  const Port generator = smoothed(g, p, o.generator);
  const Phase critic = critic_phase(g, p, loss, steps, rule);
  replay_phase(g, p, critic, steps, rule);
  return generator_phase(g, p, generator, rule);
}

Phase variational_game(Graph& g, const Players& p, const CriticSteps& steps,
                       const UpdateRule& rule) {
  const Objectives o = variational(g, p);
  const Port loss = penalised(g, p, o.critic);
  const Port generator = smoothed(g, p, o.generator);
  critic_phase(g, p, loss, steps, rule);
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
