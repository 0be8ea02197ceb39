#include "ops/layers/activations.h"

#include "engine/error.h"
#include "engine/graph/range.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"

namespace ganflow {

Value relu(Value x) { return positive(x); }

Activation leaky_relu(double slope) {
  if (!any_number().contains(slope))
    fail(Fault::usage, "leaky_relu: slope is {}, it must be {}", slope, any_number().text());
  return [slope](Value x) { return select(greater(x, 0), x, x * slope); };
}

}  // namespace ganflow
