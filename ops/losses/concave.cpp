#include "ops/losses/concave.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value Concave::operator()(Formula&, Value d_real, Value d_fake) const {
  return -(mean(f(d_real)) + mean(f(-d_fake)));
}

Value ConcaveGenerator::operator()(Formula&, Value d_fake) const { return mean(f(-d_fake)); }

}  // namespace ganflow
