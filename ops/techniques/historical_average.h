// Historical averaging (LE-07; Salimans et al. 2016): a term of a loss that pulls the parameters
// theta of a network to their mean over the steps so far, this one included,
//
//   weight sum_p |theta_p - stop(mean_p)|^2      mean <- mean + (theta - mean) / t
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct HistoricalAverage {
  Network network;
  Scalar weight = 1;  // >= 0, may follow a schedule

  // -> (). State "<node>/G/0/w/mean" of each parameter, "<node>/steps" (t - 1). The network must
  // have been forwarded before.
  Value operator()(Formula& f) const;
};

}  // namespace ganflow
