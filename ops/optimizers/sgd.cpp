#include "ops/optimizers/sgd.h"

#include "ops/checks.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/arithmetic.h"

namespace ganflow {

Value Sgd::operator()(Formula& f, const std::string& name, Value parameter, Value gradient) const {
  require_decay(f, "momentum", momentum);
  Value step = WeightDecay{l2, l2_weights_only}(f, parameter, gradient);
  if (momentum != 0) {
    const Value m =
        f.variable(name + "/momentum", parameter.shape(), Keep::state, init::constant(0));
    step = m * momentum + step;
    f.assign(m, step);
  }
  return parameter - f.scalar("lr", lr) * step;
}

}  // namespace ganflow
