#include "ops/losses/wasserstein.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value Wasserstein::operator()(Formula&, Value d_real, Value d_fake) const {
  return mean(d_fake) - mean(d_real);
}

Value WassersteinGenerator::operator()(Formula&, Value d_fake) const { return -mean(d_fake); }

}  // namespace ganflow
