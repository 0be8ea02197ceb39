// Weight clipping of the first WGAN (LE-13, GU-17, R-61): after another optimizer's update,
//
//   theta <- max(-bound, min(bound, theta))
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// bound > 0, may follow a schedule; its slot is "<node>.clip".
Optimizer clip_weights(Optimizer optimizer, Scalar bound = 0.01);

}  // namespace ganflow
