// Spectral normalisation (LE-16; Miyato et al. 2018): w / sigma(w), sigma the largest singular
// value of w seen as a matrix of its first axis against the others.
//
//   v <- W' u / |W' u|;  u <- W v / |W v|    `iterations` times a step, from the stored u
//   sigma = u' W v, u and v without derivative
//
// u is the state Variable "u" (first axis), N(0,1) at first; it moves in training only. In
// evaluation u is frozen and v follows from it.
#pragma once

#include "ops/layers/weight.h"

namespace ganflow {

struct SpectralNorm {
  int iterations = 1;  // >= 1

  Value operator()(Formula& f, Value w) const;
};

}  // namespace ganflow
