// How steep the critic is where the generator is: what the generator's step can follow (TH-19, TH
// Fig. 4.4: a near-optimal D = sigmoid(score) is flat there).
//
//   mean_n |grad_x seen(D(x_n))|_2
//
// Where the critic mixes the samples of a batch, of the summed scores.
#pragma once

#include "engine/graph/formula.h"
#include "ops/layers/activations.h"

namespace ganflow {

struct CriticSlope {
  Network critic;        // (N,...) -> (N,1)
  Activation seen = {};  // of its score; default: the score itself

  // x (N,...), condition (N,K) of a conditional critic -> ()
  Value operator()(Formula& f, Value x, Value condition = {}) const;
};

}  // namespace ganflow
