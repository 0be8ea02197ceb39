#include "ops/layers/activations.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"

namespace ganflow {

Value relu(Value x) { return positive(x); }

Activation leaky_relu(double slope) {
  return [slope](Value x) { return select(greater(x, 0), x, x * slope); };
}

}  // namespace ganflow
