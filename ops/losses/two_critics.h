// D2GAN (Nguyen et al. 2017, eq. 1): one critic rewards real samples, the other fakes; with
// D = softplus(d) > 0 of a logit d
//
//   TwoCritics            -alpha mean log D1(x) + mean D1(G) + mean D2(x) - beta mean log D2(G)
//   TwoCriticsGenerator   -mean D1(G) + beta mean log D2(G)
//
// At the optimum of both critics the generator minimizes alpha KL(p||q) + beta KL(q||p) and a
// constant, p of the data. SG-19, SG-21.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct TwoCritics {
  Scalar alpha = 0.2, beta = 0.1;  // >= 0

  // (N,1) each -> ()
  Value operator()(Formula& f, Value d1_real, Value d1_fake, Value d2_real, Value d2_fake) const;
};

struct TwoCriticsGenerator {
  Scalar beta = 0.1;  // >= 0

  Value operator()(Formula& f, Value d1_fake, Value d2_fake) const;  // (N,1), (N,1) -> ()
};

}  // namespace ganflow
