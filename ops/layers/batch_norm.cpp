#include "ops/layers/batch_norm.h"

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"

namespace ganflow {

Value BatchNorm::operator()(Formula& f, Value x) const {
  require_norm(f, "batch norm", x, eps);
  require_in(f, "momentum", momentum, half_open(0, 1));
  const Shape channels{x.shape()[1]};
  Value mean = f.variable("mean", channels, Keep::state, init::constant(0));
  Value variance = f.variable("variance", channels, Keep::state, init::constant(1));
  const std::int64_t axes = axes_but(1, x);
  if (f.training()) {
    const Value m = mean_over(x, axes);
    const Value v = mean_over(square(x - broadcast_axes(m, axes, x.shape())), axes);
    f.assign(mean, mean * momentum + m * (1 - momentum));
    f.assign(variance, variance * momentum + v * (1 - momentum));
    mean = m;
    variance = v;
  }
  return scale_and_shift(f, standardize(x, mean, variance, axes, eps), init);
}

}  // namespace ganflow
