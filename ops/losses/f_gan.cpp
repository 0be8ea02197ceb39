#include "ops/losses/f_gan.h"

#include <numbers>

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

constexpr double kLog2 = std::numbers::ln2;

// T = g_f(v).
Value activated(Divergence divergence, Value v) {
  switch (divergence) {
    case Divergence::kl:
    case Divergence::pearson:
      return v;
    case Divergence::reverse_kl:
      return -exp(-v);
    case Divergence::hellinger:
      return 1.0 - exp(-v);
    case Divergence::js:
      return (kLog2 - softplus(-v)) * 0.5;
    case Divergence::gan:
      break;
  }
  return -softplus(-v);
}

// f*(g_f(v)), never by way of T, which rounds to the end of the domain of f*.
Value conjugated(Divergence divergence, Value v) {
  switch (divergence) {
    case Divergence::kl:
      return exp(v - 1.0);
    case Divergence::reverse_kl:
      return v - 1.0;
    case Divergence::pearson:
      return square(v) * 0.25 + v;
    case Divergence::hellinger:
      return exp(v) - 1.0;
    case Divergence::js:
      return (softplus(v) - kLog2) * 0.5;
    case Divergence::gan:
      break;
  }
  return softplus(v);
}

}  // namespace

Value FGan::operator()(Formula&, Value d_real, Value d_fake) const {
  return mean(conjugated(divergence, d_fake)) - mean(activated(divergence, d_real));
}

Value FGanGenerator::operator()(Formula&, Value d_fake) const {
  return -mean(non_saturating ? activated(divergence, d_fake) : conjugated(divergence, d_fake));
}

}  // namespace ganflow
