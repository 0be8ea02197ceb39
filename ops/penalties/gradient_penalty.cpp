#include "ops/penalties/gradient_penalty.h"

#include "engine/error.h"
#include "engine/program/gradient.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value GradientPenalty::operator()(Formula& f, Value real, Value fake, Value condition) const {
  require_equal_shapes("real", real, "fake", fake);
  require_in(f, "target", target, at_least(0));
  const Value x = measure(f, real, fake);
  const Value score = critic(f, x, condition);
  if (coupled) f.couples_samples();
  f.keeps_samples_apart(
      "take LayerNorm instead of BatchNorm, or force it with .coupled = true (--set coupled=1 in "
      "the ready graphs)");
  const Value slope = gradient(sum(score), x);
  const Value squared = row_sums(square(slope));
  const Value norm = sqrt(squared + 1e-12);
  f.tap("gradient_norm", norm, {.description = "|grad D| where the penalty looks"});
  const Value excess = target == 0 ? squared : square(norm - target);
  return f.scalar("lambda", lambda, at_least(0), "weight of the gradient penalty") * mean(excess);
}

}  // namespace ganflow
