// Cross-entropy of a classifier's logits x (N,K) with labels y (N), numbers 0 .. K - 1:
//
//   mean over N of  - sum_k t_k log softmax(x)_k,   t = (1 - smoothing) onehot(y) + smoothing / K
//
// smoothing is that of Szegedy et al. 2016, section 7.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct CrossEntropy {
  double smoothing = 0;  // in [0, 1)

  // (N,K), (N) -> (). Error(usage) for other shapes.
  Value operator()(Formula& f, Value logits, Value labels) const;
};

// 1 where the largest logit is the label's, else 0: (N,K), (N) -> (N). No derivative.
struct Correct {
  Value operator()(Formula& f, Value logits, Value labels) const;
};

}  // namespace ganflow
