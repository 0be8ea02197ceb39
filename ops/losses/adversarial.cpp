#include "ops/losses/adversarial.h"

#include "engine/error.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/math.h"
#include "ops/primitives/random.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

// Mean of BCE with logits d against a number or one target per element.
template <class Target>
Value mean_bce(Value d, const Target& target) {
  return mean(softplus(-d) * target + softplus(d) * (1.0 - target));
}

}  // namespace

Value Adversarial::operator()(Formula& f, Value d_real, Value d_fake) const {
  require_in(f, "real_target", real_target, between(0, 1));
  require_in(f, "fake_target", fake_target, between(0, 1));
  require_in(f, "flip", flip, between(0, 1));
  if (flip == 0) return mean_bce(d_real, real_target) + mean_bce(d_fake, fake_target);
  const auto noisy = [&](Value d, const char* draw, double target, double other) {
    const Value u = random(f.builder(), RandomKind::uniform, d.shape(), f.stream(draw));
    return mean_bce(d, select(greater(u, flip), target, other));
  };
  return noisy(d_real, "flip_real", real_target, fake_target) +
         noisy(d_fake, "flip_fake", fake_target, real_target);
}

Value Minimax::operator()(Formula&, Value d_fake) const { return -mean(softplus(d_fake)); }

Value NonSaturating::operator()(Formula&, Value d_fake) const { return mean(softplus(-d_fake)); }

}  // namespace ganflow
