#include "ops/layers/linear.h"

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/matmul.h"

namespace ganflow {

Value Linear::operator()(Formula& f, Value x) const {
  const Value w = f.variable("w", {in, out}, Keep::parameter, init.weight({in, out}));
  const Value b = f.variable("b", {out}, Keep::parameter, init.bias({in, out}));
  require_features("linear", x, w);
  return matmul(x, w) + b;
}

}  // namespace ganflow
