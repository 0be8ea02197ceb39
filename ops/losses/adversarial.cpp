#include "ops/losses/adversarial.h"

#include "engine/error.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

Value mean_bce(Value d, double target, const char* option) {
  if (!(target >= 0 && target <= 1))
    formula_error(d.builder(), fmt::format("{} is {}, it must be in [0, 1]", option, target));
  return mean(softplus(-d) * target + softplus(d) * (1 - target));
}

}  // namespace

Value Adversarial::operator()(Formula&, Value d_real, Value d_fake) const {
  return mean_bce(d_real, real_target, "real_target") +
         mean_bce(d_fake, fake_target, "fake_target");
}

Value Minimax::operator()(Formula&, Value d_fake) const { return -mean(softplus(d_fake)); }

Value NonSaturating::operator()(Formula&, Value d_fake) const { return mean(softplus(-d_fake)); }

}  // namespace ganflow
