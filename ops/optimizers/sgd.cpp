#include "ops/optimizers/sgd.h"

#include "ops/checks.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/arithmetic.h"

namespace ganflow {

Value Sgd::operator()(Formula& f, const std::string& name, Value parameter, Value gradient) const {
  require_in(f, "momentum", momentum, half_open(0, 1));
  Value step = WeightDecay{l2, l2_weights_only}(f, parameter, gradient);
  if (momentum != 0) {
    const Value m =
        f.variable(name + "/momentum", parameter.shape(), Keep::state, init::constant(0));
    step = m * momentum + step;
    f.assign(m, step);
  }
  return parameter - f.scalar("lr", lr, at_least(0), "learning rate") * step;
}

}  // namespace ganflow
