#include "ops/layers/layer_norm.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"

namespace ganflow {

Value LayerNorm::operator()(Formula& f, Value x) const {
  require_norm(f, "layer norm", x, eps);
  const std::int64_t axes = axes_but(0, x);
  const Value mean = mean_over(x, axes);
  const Value variance = mean_over(square(x - broadcast_axes(mean, axes, x.shape())), axes);
  return scale_and_shift(f, standardize(x, mean, variance, axes, eps), init);
}

}  // namespace ganflow
