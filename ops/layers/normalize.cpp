#include "ops/layers/normalize.h"

#include <fmt/format.h>

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/axes.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

std::int64_t axes_but(int kept, Value x) {
  return ((std::int64_t{1} << x.shape().rank()) - 1) & ~(std::int64_t{1} << kept);
}

Value mean_over(Value x, std::int64_t axes) {
  return sum_axes(x, axes) / static_cast<double>(elements_of(x.shape(), axes));
}

Value standardize(Value x, Value mean, Value variance, std::int64_t axes, double eps) {
  const Value factor = recip(sqrt(variance + eps));
  const Shape to = x.shape();
  return (x - broadcast_axes(mean, axes, to)) * broadcast_axes(factor, axes, to);
}

Value scale_and_shift(Formula& f, Value x, const NormInit& init) {
  const Shape to = x.shape();
  const Value scale = f.variable("scale", {to[1]}, Keep::parameter, init.scale);
  const Value shift = f.variable("shift", {to[1]}, Keep::parameter, init.shift);
  const std::int64_t axes = axes_but(1, x);
  return x * broadcast_axes(scale, axes, to) + broadcast_axes(shift, axes, to);
}

void require_norm(Formula& f, const char* layer, Value x, double eps) {
  if (x.shape().rank() < 2)
    formula_error(f.builder(), fmt::format("{}: x {} has no channels, it needs two axes or more",
                                           layer, x.shape().str()));
  require_in(f, "eps", eps, above(0));
}

}  // namespace ganflow
