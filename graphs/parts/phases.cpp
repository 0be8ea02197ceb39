#include "graphs/parts/phases.h"

#include <fmt/format.h>

#include "engine/error.h"
#include "graphs/parts/diagnostics.h"
#include "ops/losses/adversarial.h"
#include "ops/ports.h"
#include "ops/techniques/replay.h"

namespace ganflow {
namespace {

// More critic steps at the start and now and then.
struct Boost {
  std::string name = "none";
  int boost = 0;  // 0: never
  std::uint64_t warm = 0, every = 500;
};

Count boosted(const Boost& b, int n_critic) {
  if (b.boost == 0) return n_critic;
  return {fmt::format("{} for the first {} and every {}th, else {}", b.boost, b.warm, b.every,
                      n_critic),
          [=](std::uint64_t macro) {
            return macro < b.warm || macro % b.every == 0 ? b.boost : n_critic;
          },
          std::max(b.boost, n_critic)};
}

}  // namespace

CriticSteps training_length(Graph& g, const LengthOptions& o) {
  const int n = g.option(Option<int>{"n_critic", o.n_critic, between(0, 100000),
                                     "critic steps per generator step; 0: schedule guide over 5"});
  const Boost boost =
      g.option(Choice<Boost>{"n_critic.schedule",
                             n == 0 ? "guide" : "none",
                             {{"none", {}},
                              {"guide", {.name = "guide", .boost = 100, .warm = 100}},
                              {"notebook", {.name = "notebook", .boost = 50, .warm = 25}},
                              {"wgan", {.name = "wgan", .boost = 100, .warm = 25}}},
                             "more critic steps at the start and every 500th time (R-45)"});
  const int usual = n == 0 ? 5 : n;
  CriticSteps steps{.count = boosted(boost, usual), .constant = boost.boost == 0 ? usual : 0};
  if (steps.constant == 0)
    steps.varied =
        n == 0 ? "n_critic=0 varies them: set it to at least 1"
               : fmt::format("n_critic.schedule={} varies them: set it to none", boost.name);
  if (o.countable && g.option(Choice<bool>{"count",
                                           "critic",
                                           {{"critic", false}, {"generator", true}},
                                           "whose updates --steps and the stages count (R-28)"})) {
    if (steps.constant == 0)
      fail(Fault::usage,
           "--set count=generator: a step is as many critic updates as the critic takes for one of "
           "the generator's, but --set {}",
           steps.varied);
    steps.unit = static_cast<Step>(usual);
  }
  g.defaults({.batch = o.batch, .steps = o.steps, .unit = steps.unit});
  return steps;
}

Phase critic_phase(Graph& g, const Players& p, Port objective, const CriticSteps& steps,
                   const UpdateRule& rule, const std::vector<Network>& beside) {
  std::vector<Network> learning{p.D};
  learning.insert(learning.end(), beside.begin(), beside.end());
  Phase phase =
      g.phase("critic", steps.count).minimize("critic_step", objective, learning, rule.critic);
  if (p.adapt) phase.also(g.add("adapt", *p.adapt, p.d_real));
  diagnose_critic(g, p, phase, objective);
  return phase;
}

Phase generator_phase(Graph& g, const Players& p, Port objective, const UpdateRule& rule) {
  const int n = g.option(Option<int>{"n_generator", 1, between(0, 100000),
                                     "generator steps in a row (GU-05); 0: it stays as it is"});
  const Phase phase =
      g.phase("generator", n).minimize("generator_step", objective, p.G, rule.generator);
  diagnose_generator(g, p, phase, objective);
  return phase;
}

void replay_phase(Graph& g, const Players& p, Phase critic, const CriticSteps& steps,
                  const UpdateRule& rule) {
  const int capacity = g.option(Option<int>{
      "replay", 0, at_least(0), "samples remembered for critic steps on past fakes (GU-12)"});
  if (capacity == 0) return;
  if (steps.constant == 0)
    fail(Fault::usage,
         "--set replay={}: the memory fills after so many critic steps, which must be as many in "
         "every macro-iteration, but --set {}",
         capacity, steps.varied);
  critic.also(g.add("remember", Remember{"replay", capacity}, p.fake));
  const Port past = g.add("recall", Recall{"replay", capacity}, p.fake);
  Port classes;
  if (p.conditional()) {
    critic.also(g.add("remember_classes", Remember{"replay_classes", capacity}, p.condition));
    classes = g.add("recall_classes", Recall{"replay_classes", capacity}, p.condition);
  }
  const Port d_past = p.forward(g, "critic_replay", p.D, past, classes);
  g.phase("replay", replay_when_full(capacity, steps.constant))
      .minimize("replay_step", -g.add("replay_loss", Minimax{}, d_past), p.D, rule.critic);
}

}  // namespace ganflow
