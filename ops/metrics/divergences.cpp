#include "ops/metrics/divergences.h"

#include <cmath>
#include <numbers>

#include "engine/error.h"

namespace ganflow {

double Divergences::critic_loss() const { return 2 * (std::numbers::ln2 - js); }

Divergences divergences(std::span<const double> p, std::span<const double> q, double cell) {
  if (p.size() != q.size())
    fail(Fault::usage, "divergences: p has {} values and q {}, give as many of each", p.size(),
         q.size());
  // p log(p / q), 0 where p is 0.
  const auto term = [](double p, double q) { return p > 0 ? p * std::log(p / q) : 0; };
  Divergences d;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double m = (p[i] + q[i]) / 2;
    d.kl += term(p[i], q[i]) * cell;
    d.reverse_kl += term(q[i], p[i]) * cell;
    d.js += (term(p[i], m) + term(q[i], m)) / 2 * cell;
  }
  return d;
}

}  // namespace ganflow
