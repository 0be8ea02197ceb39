// Fade-in of a new layer (LE-17; Karras et al. 2018):
//
//   y = old + alpha (fresh - old)      alpha 0: exactly old, alpha 1: fresh up to rounding
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Blend {
  Scalar alpha = 1;  // in [0, 1], follows a linear schedule; a Graph::scalar shared by G and D

  Value operator()(Formula& f, Value old, Value fresh) const;  // equal shapes
};

}  // namespace ganflow
