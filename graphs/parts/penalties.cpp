#include "graphs/parts/penalties.h"

#include "ops/layers/initializers.h"
#include "ops/optimizers/clip.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/penalties/smooth_penalty.h"
#include "ops/ports.h"

namespace ganflow {
namespace {

Initializer anchor(const Players& p, std::vector<double> elements) {
  if (elements.empty())
    return p.data.image() && p.data.picture.lo < 0 ? init::uniform(1) : init::constant(0.5);
  elements.resize(static_cast<std::size_t>(p.data.features), elements.back());
  return init::values(std::move(elements));
}

}  // namespace

Port gradient_penalty(Graph& g, const Players& p, const CriticPenalty& o) {
  const GradientPenalty penalty{
      .critic = p.D,
      .lambda = o.lambda,
      .target = g.option(Option<double>{"target", o.target, at_least(0),
                                        "slope of the critic that costs nothing"}),
      .measure = g.option(Choice<Measure>{"measure", o.measure, measure::all(anchor(p, o.anchor)),
                                          "where the penalty looks (R-54)"}),
      .coupled = g.option(Option<bool>{
          "coupled", false, "allow a critic that mixes the samples of a batch (GU-20)"})};
  return p.add(g, "penalty", penalty, p.condition, p.real, p.fake);
}

Port CriticBound::beside(Port loss) const { return penalty.node() < 0 ? loss : loss + penalty; }

CriticBound critic_bound(Graph& g, const Players& p, const UpdateRule& rule, const CriticPenalty& o,
                         const std::string& lipschitz) {
  CriticBound bound{.rule = rule};
  if (g.option(Choice<bool>{"lipschitz",
                            lipschitz,
                            {{"penalty", false}, {"clip", true}},
                            "how the critic's slope is bounded: a penalty, or clipped weights"}))
    bound.rule.critic = clip_weights(rule.critic, g.scalar("clip", 0.01));
  else
    bound.penalty = gradient_penalty(g, p, o);
  return bound;
}

Port smoothed(Graph& g, const Players& p, Port objective, const GeneratorPenalty& o) {
  const double gamma = g.option(Option<double>{"smooth", o.gamma, at_least(0),
                                               "weight of Smooth GAN's penalty on the generator"});
  if (gamma == 0) return objective;
  const SmoothPenalty smooth{
      .gamma = gamma,
      .k = o.k,
      .norm = g.option(Choice<JacobianNorm>{"smooth.norm", "spectral", jacobian_norms(),
                                            "of the generator's Jacobian (R-01, R-64)"}),
      .iterations = g.option(Option<int>{"smooth.iterations", 3, at_least(1),
                                         "of the spectral norm's power iteration"}),
      .probes = g.option(
          Option<int>{"smooth.probes", 1, at_least(1), "random probes that estimate the norm"}),
      .exact = g.option(Option<bool>{"smooth.exact", false,
                                     "the norm itself, by a tangent a latent element (R-02)"})};
  return objective + g.add("smooth", smooth, p.images, p.z);
}

}  // namespace ganflow
