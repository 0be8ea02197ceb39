#include "ops/optimizers/rmsprop.h"

#include "ops/checks.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"

namespace ganflow {

Value RmsProp::operator()(Formula& f, const std::string& name, Value parameter,
                          Value gradient) const {
  require_in(f, "alpha", alpha, half_open(0, 1));
  require_in(f, "eps", eps, above(0));
  const Value g = WeightDecay{l2, l2_weights_only}(f, parameter, gradient);
  const Value s =
      f.variable(name + "/square_avg", parameter.shape(), Keep::state, init::constant(0));
  const Value next = s * alpha + square(g) * (1 - alpha);
  f.assign(s, next);
  const Value root = eps_inside ? sqrt(next + eps) : sqrt(next) + eps;
  return parameter - f.scalar("lr", lr, at_least(0), "learning rate") * (g / root);
}

}  // namespace ganflow
