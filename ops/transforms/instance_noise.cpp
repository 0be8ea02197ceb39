#include "ops/transforms/instance_noise.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/random.h"

namespace ganflow {

Value InstanceNoise::operator()(Formula& f, Value x) const {
  const Value noise = random(f.builder(), RandomKind::normal, x.shape(), f.stream("noise"));
  return x + f.scalar("sigma", sigma, at_least(0), "standard deviation of instance noise") * noise;
}

}  // namespace ganflow
