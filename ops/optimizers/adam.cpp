#include "ops/optimizers/adam.h"

#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"

namespace ganflow {
namespace {

// State `name` <- decay state + (1 - decay) x; returns the new value.
Value average(Formula& f, const std::string& name, double decay, Value x) {
  const Value state = f.variable(name, x.shape(), Keep::state, init::constant(0));
  const Value next = state * decay + x * (1 - decay);
  f.assign(state, next);
  return next;
}

}  // namespace

Value Adam::operator()(Formula& f, const std::string& name, Value parameter, Value gradient) const {
  require_in(f, "beta1", beta1, half_open(0, 1));
  require_in(f, "beta2", beta2, half_open(0, 1));
  require_in(f, "eps", eps, above(0));
  const Value g = WeightDecay{l2, l2_weights_only}(f, parameter, gradient);
  const Value one = full(f.builder(), {}, 1);
  const Value m = average(f, name + "/avg", beta1, g);
  const Value v = average(f, name + "/square_avg", beta2, square(g));
  const Value c1 = average(f, name + "/avg_weight", beta1, one);
  const Value c2 = average(f, name + "/square_avg_weight", beta2, one);
  const Value root = sqrt(v * recip(c2)) + eps;
  return parameter - (f.scalar("lr", lr, at_least(0), "learning rate") * recip(c1)) * (m / root);
}

}  // namespace ganflow
