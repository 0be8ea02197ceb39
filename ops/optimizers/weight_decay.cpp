#include "ops/optimizers/weight_decay.h"

#include "ops/primitives/arithmetic.h"

namespace ganflow {

Value WeightDecay::operator()(Formula& f, Value parameter, Value gradient) const {
  if (!l2 || (weights_only && parameter.shape().rank() < 2)) return gradient;
  return gradient + f.scalar("l2", *l2, at_least(0), "weight decay") * parameter;
}

}  // namespace ganflow
