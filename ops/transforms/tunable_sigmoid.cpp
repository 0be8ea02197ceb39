#include "ops/transforms/tunable_sigmoid.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"

namespace ganflow {

Value TunableSigmoid::operator()(Formula& f, Value x) const {
  const Value c =
      max(f.scalar("k", k, between(-1, 0), "sharpness: 0 leaves images alone, -1 cuts at 0.5"),
          -0.99999);
  const Value u = 2 * x - 1;
  return (1 - c) * u / (2 * (c * (1 - 2 * abs(u)) + 1)) + 0.5;
}

}  // namespace ganflow
