#include "ops/layers/linear.h"

#include <fmt/format.h>

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/matmul.h"

namespace ganflow {

Value Linear::operator()(Formula& f, Value x) const {
  if (out < 1)
    formula_error(f.builder(), fmt::format("linear: out is {}, it must be at least 1", out));
  const Extent features = in == 0 ? x.shape().row_elements() : in;
  Value w = f.variable("w", {features, out}, Keep::parameter, init.weight({features, out}));
  require_features("linear", x, w);
  if (weight) w = weight(f, w);
  const Value y = matmul(x, w);
  return bias ? y + f.variable("b", {out}, Keep::parameter, init.bias({features, out})) : y;
}

}  // namespace ganflow
