// How far two distributions are apart, from their values on one grid (TH-02, TH-05, R-51):
//
//   KL(p||q) = sum p log(p/q) c      JS(p,q) = KL(p||m) / 2 + KL(q||m) / 2, m = (p + q) / 2
//
// and what the best critic's loss then is, L_D* = 2 log 2 - 2 JS, of D* = p / (p + q).
#pragma once

#include <span>

namespace ganflow {

struct Divergences {
  double kl = 0;          // KL(p||q), nat; infinite where q is 0 and p is not
  double reverse_kl = 0;  // KL(q||p)
  double js = 0;          // 0 .. log 2
  double critic_loss() const;
};

// p, q: masses (cell 1) or densities on a grid of cells of that size; as many of each, at least 0.
// Throws Error(usage) where they are not as many.
Divergences divergences(std::span<const double> p, std::span<const double> q, double cell = 1);

}  // namespace ganflow
