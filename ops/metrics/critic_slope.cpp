#include "ops/metrics/critic_slope.h"

#include "engine/program/gradient.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value CriticSlope::operator()(Formula& f, Value x, Value condition) const {
  f.couples_samples();
  const Value slope = gradient(sum(seen(critic(f, x, condition))), x);
  return mean(sqrt(row_sums(square(slope))));
}

}  // namespace ganflow
