#include "ops/losses/f_divergence.h"

#include <numbers>

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

// q f(p / q) of every cell, by t = log(p / q).
Value member(Divergence divergence, Value log_p, Value log_q) {
  const Value p = exp(log_p), q = exp(log_q), t = log_p - log_q;
  // log(p / (p + q)) = -softplus(-t), log(q / (p + q)) = -softplus(t)
  switch (divergence) {
    case Divergence::kl:
      return p * t;
    case Divergence::reverse_kl:
      return q * -t;
    case Divergence::pearson:
      return q * square(exp(t) - 1.0);
    case Divergence::hellinger:
      return square(exp(log_p * 0.5) - exp(log_q * 0.5));
    case Divergence::js:
      return (p * (std::numbers::ln2 - softplus(-t)) + q * (std::numbers::ln2 - softplus(t))) * 0.5;
    case Divergence::gan:
      break;
  }
  return -(p * softplus(-t) + q * softplus(t));
}

}  // namespace

std::vector<std::pair<std::string, Divergence>> divergence_names() {
  return {{"kl", Divergence::kl},           {"reverse_kl", Divergence::reverse_kl},
          {"pearson", Divergence::pearson}, {"hellinger", Divergence::hellinger},
          {"js", Divergence::js},           {"gan", Divergence::gan}};
}

Value FDivergence::operator()(Formula& f, Value log_p, Value log_q) const {
  require_in(f, "cell", cell, above(0));
  require_equal_shapes("log_p", log_p, "log_q", log_q);
  return sum(member(divergence, log_p, log_q)) * cell;
}

}  // namespace ganflow
