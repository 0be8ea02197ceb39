#include "ops/losses/two_critics.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

// Finite, and without slope, where D is 0 to rounding.
Value mean_log(Value d) { return mean(log(softplus(d) + 1e-12)); }

}  // namespace

Value TwoCritics::operator()(Formula& f, Value d1_real, Value d1_fake, Value d2_real,
                             Value d2_fake) const {
  return mean(softplus(d1_fake)) + mean(softplus(d2_real)) -
         f.scalar("alpha", alpha, at_least(0), "weight of KL(p||q)") * mean_log(d1_real) -
         f.scalar("beta", beta, at_least(0), "weight of KL(q||p)") * mean_log(d2_fake);
}

Value TwoCriticsGenerator::operator()(Formula& f, Value d1_fake, Value d2_fake) const {
  return f.scalar("beta", beta, at_least(0), "weight of KL(q||p)") * mean_log(d2_fake) -
         mean(softplus(d1_fake));
}

}  // namespace ganflow
