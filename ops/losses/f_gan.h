// f-GAN (Nowozin et al. 2016, eq. 6; TH-05): any f-divergence D_f(p||q) of f_divergence.h as a
// game. Its critic's score v becomes T = g_f(v), inside of the domain of the conjugate
// f*(t) = sup_u (u t - f(u)), and
//
//   E_p T - E_q f*(T)  <=  D_f(p||q),     equal at T = f'(p/q)
//
// is a bound that the critic raises and the generator lowers. To be minimized:
//
//   FGan           mean f*(T(G)) - mean T(x)
//   FGanGenerator  -mean f*(T(G)), or -mean T(G) if non_saturating (section 3.2)
//
//   divergence    g_f(v)                     f*(t)                       f*(g_f(v))
//   kl            v                          exp(t - 1)                  exp(v - 1)
//   reverse_kl    -exp(-v)                   -1 - log(-t)                v - 1
//   pearson       v                          t^2 / 4 + t                 v^2 / 4 + v
//   hellinger     1 - exp(-v)                t / (1 - t)                 exp(v) - 1
//   js            (log 2 - softplus(-v)) / 2 -log(2 - exp(2 t)) / 2      (softplus(v) - log 2) / 2
//   gan           -softplus(-v)              -log(1 - exp(t))            softplus(v)
//
// All g_f rise: larger scores are of data. Their js has no half, as R-51 has it; gan is the
// original game, Adversarial with Minimax or NonSaturating.
#pragma once

#include "engine/graph/formula.h"
#include "ops/losses/f_divergence.h"

namespace ganflow {

// Critic.
struct FGan {
  Divergence divergence = Divergence::kl;

  Value operator()(Formula& f, Value d_real, Value d_fake) const;  // (N,1), (N,1) -> ()
};

struct FGanGenerator {
  Divergence divergence = Divergence::kl;
  // Follows T itself where f* has no slope, as the critic rejects all samples.
  bool non_saturating = false;

  Value operator()(Formula& f, Value d_fake) const;  // (N,1) -> ()
};

}  // namespace ganflow
