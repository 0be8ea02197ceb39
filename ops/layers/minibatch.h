// Layers that let a critic see a whole batch, against mode collapse. Both couple its samples: never
// across real and fake batches (each is a forward of its own), and refused by a gradient penalty
// unless forced.
#pragma once

#include "ops/layers/initializers.h"

namespace ganflow {

// Minibatch discrimination (GU-13, LE-05, R-47; Salimans et al. 2016):
//
//   M = x T, seen as (N,B,C);  o_ib = sum_j exp(-|M_ib - M_jb|_1), j = i included;  y = [x, o]
//
//   x (N,A) -> (N,A+B); parameter "t" (A, B C). Takes 3 N N B C elements while it runs.
struct MinibatchDiscrimination {
  static constexpr const char* kKind = "minibatch";
  Extent kernels = 128;  // B >= 1
  Extent width = 5;      // C >= 1
  Initializer init = init::normal(0.05);

  Value operator()(Formula& f, Value x) const;
};

// Minibatch standard deviation (LE-18; Karras et al. 2018): the deviation over the batch of every
// element, sqrt(E (x - E x)^2 + 1e-12), averaged to one number that is appended as a map.
//
//   x (N,C,...) -> (N,C+1,...)
struct MinibatchDeviation {
  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
