#include "ops/losses/f_divergence.h"

#include <numbers>

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

std::vector<std::pair<std::string, Divergence>> divergence_names() {
  return {{"kl", Divergence::kl}, {"reverse_kl", Divergence::reverse_kl}, {"js", Divergence::js}};
}

Value FDivergence::operator()(Formula& f, Value log_p, Value log_q) const {
  require_in(f, "cell", cell, above(0));
  require_equal_shapes("log_p", log_p, "log_q", log_q);
  const Value p = exp(log_p), q = exp(log_q), t = log_p - log_q;  // t = log(p / q)
  if (divergence == Divergence::kl) return sum(p * t) * cell;
  if (divergence == Divergence::reverse_kl) return sum(q * -t) * cell;
  // log(p / m) = log 2 - softplus(-t), log(q / m) = log 2 - softplus(t)
  const Value to_mean =
      p * (std::numbers::ln2 - softplus(-t)) + q * (std::numbers::ln2 - softplus(t));
  return sum(to_mean) * (cell / 2);
}

}  // namespace ganflow
